"""All outputs learned at once by kernel ridge regression, with exact models for any rows left out at the price of one fit."""

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits


class Ridge:
    """Least squares with an L2 penalty on sparse rows, in the dual: (K + penalty I) alpha = targets - prior.

    Leaving rows S out changes alpha by a block of the inverse (the rank-|S| form of leave-one-out ridge, cf. Rifkin and
    Lippert 2007), so that cross-fitting is exact and cheap: no model has to be fitted anew. One BLAS thread throughout, so
    that the bytes do not depend on how many there are.
    """

    def __init__(self, rows: sparse.csr_matrix, targets: np.ndarray, centred: np.ndarray, penalty: float):
        self.rows, self.targets, self.centred = rows, targets, centred
        with threadpool_limits(1):
            kernel = np.asarray((rows @ rows.T).todense())
            kernel[np.diag_indices_from(kernel)] += penalty
            self._factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
            self._solved = cho_solve(self._factor, np.column_stack([targets, np.ones(len(targets))]), check_finite=False)

    def weights(self, without: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return (features x outputs, prior of each output) of the model fitted without the rows numbered `without`."""
        solved, kept = self._solved, np.ones(len(self.targets), dtype=bool)
        if without is not None and len(without):
            kept[without] = False
            with threadpool_limits(1):
                block = np.zeros((len(self.targets), len(without)))
                block[without, np.arange(len(without))] = 1
                block = cho_solve(self._factor, block, overwrite_b=True, check_finite=False)
                solved = solved - block @ np.linalg.solve(block[without], solved[without])
            solved[without] = 0
        prior = np.where(self.centred, self.targets[kept].mean(axis=0) if kept.any() else 0.0, 0.0)
        alpha = solved[:, :-1] - solved[:, -1:] * prior
        return np.asarray(self.rows.T @ alpha), prior
