"""All outputs learned at once by kernel ridge regression, with exact models for any rows left out at the price of one fit."""

from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.lapack import dtrtri
from threadpoolctl import threadpool_limits

from helpers.coding import solutions

_COMMON = 0.04
_BLOCK = 512


class Ridge:
    """Least squares with an L2 penalty on sparse rows, in the dual: (K + penalty I) alpha = targets - prior.

    Leaving rows S out changes alpha by a block of the inverse (leave-one-out ridge for many rows, cf. Rifkin and Lippert
    2007), so that cross-fitting is exact and cheap: no model is fitted anew. Rows that will be left out should be marked
    `leaving`: they are put last, where that block depends on the last part of the Cholesky factor alone. One BLAS thread
    throughout, so that the bytes do not depend on how many there are. What is solved already (`solutions`) is not solved again.
    """

    def __init__(
        self, rows: sparse.csr_matrix, targets: np.ndarray, centred: np.ndarray, penalty: float, leaving: np.ndarray | None = None
    ):
        order = np.arange(len(targets)) if leaving is None else np.argsort(leaving, kind="stable")
        self._staying = len(order) if leaving is None else int(np.sum(~leaving))
        self._place = np.empty(len(order), dtype=np.int64)
        self._place[order] = np.arange(len(order))
        self.rows, self.targets, self.centred, self.penalty = rows[order].tocsr(), targets[order], centred, penalty
        self._mark = solutions.mark(self.rows, self.targets, centred, np.array([penalty, self._staying]))

    @cached_property
    def _factor(self) -> np.ndarray:
        with threadpool_limits(1):
            kernel = _gram(self.rows)
            kernel[np.diag_indices_from(kernel)] += self.penalty
            # Transposed, the array lies as LAPACK wants it, so that it is factored in place.
            return cholesky(kernel.T, lower=False, overwrite_a=True, check_finite=False)

    @cached_property
    def _solved(self) -> np.ndarray:
        with threadpool_limits(1):
            return self._solve(np.column_stack([self.targets, np.ones(len(self.targets))]))

    def _solve(self, columns: np.ndarray) -> np.ndarray:
        half = solve_triangular(self._factor, columns, trans="T", check_finite=False)
        return solve_triangular(self._factor, half, check_finite=False)

    @cached_property
    def _inverse(self) -> np.ndarray:
        """Return the inverse of the factor's last block, that of the rows marked as leaving."""
        return dtrtri(self._factor[self._staying :, self._staying :])[0]

    def _inverse_rows(self, out: np.ndarray) -> tuple[int, np.ndarray]:
        """Return where a last block begins that holds the rows `out` (ascending), and these rows of its inverse."""
        first, few = min(out[0], self._staying), out[out < self._staying]
        rows = np.zeros((len(out), len(self.targets) - first))
        if len(few) < len(out):
            rows[len(few) :, self._staying - first :] = self._inverse[out[len(few) :] - self._staying]
        if len(few):  # not marked: the factor is gone through again, all of it, since a part would have to be copied
            unit = np.zeros((len(self.targets), len(few)), order="F")
            unit[few, np.arange(len(few))] = 1
            rows[: len(few)] = solve_triangular(self._factor, unit, trans="T", overwrite_b=True, check_finite=False)[first:].T
        return first, rows

    def weights(self, without: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return (features x outputs, prior of each output) of the model fitted without the rows numbered `without`."""
        out = np.sort(self._place[without]) if without is not None and len(without) else np.zeros(0, np.int64)
        kept = np.ones(len(self.targets), dtype=bool)
        kept[out] = False
        prior = np.where(self.centred, self.targets[kept].mean(axis=0) if kept.any() else 0.0, 0.0)
        name = solutions.name(self._mark, out)
        alpha = solutions.known(name)
        if alpha is None:
            solved = self._without(out) if len(out) else self._solved
            alpha = solved[:, :-1] - solved[:, -1:] * prior
            solutions.keep(name, alpha)
        return np.asarray(self.rows.T @ alpha), prior

    def _without(self, out: np.ndarray) -> np.ndarray:
        """Solve without the rows `out` (ascending)."""
        with threadpool_limits(1):
            first, half = self._inverse_rows(out)
            below = np.zeros_like(self._solved)
            below[first:] = half.T @ np.linalg.solve(half @ half.T, self._solved[out])
            solved = self._solved - solve_triangular(self._factor, below, check_finite=False)
        solved[out] = 0
        return solved


def _gram(rows: sparse.csr_matrix) -> np.ndarray:
    """Return the lower triangle of rows @ rows.T, above it nothing that counts.

    The few common columns by BLAS and the many rare ones sparsely, which is many times faster; by blocks of rows, which takes
    little memory and leaves out what lies above the diagonal.
    """
    count = np.bincount(rows.indices, minlength=rows.shape[1])
    common = count > _COMMON * rows.shape[0]
    dense = rows[:, np.flatnonzero(common)].toarray()
    rare = rows[:, np.flatnonzero(~common)].tocsr()
    columns = rare.T.tocsc()
    gram = np.zeros((rows.shape[0],) * 2)
    for start in range(0, rows.shape[0], _BLOCK):
        stop = min(start + _BLOCK, rows.shape[0])
        gram[start:stop, :stop] = dense[start:stop] @ dense[:stop].T
        gram[start:stop, :stop] += rare[start:stop] @ columns[:, :stop]
    return gram
