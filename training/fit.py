"""Fitting: rows with labels to a trained model; one thread and one seed, so that it comes out the same again."""

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from training.model import Model


@dataclass(frozen=True)
class Rows:
    """Labelled rows ready for fitting: pieces with and without heading, length of the text, statement, tools, from documents."""

    bare: list[tuple[int, ...]]
    headed: list[tuple[int, ...]]
    n_text: np.ndarray
    statement: np.ndarray
    tools: np.ndarray
    real: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted."""

    epochs: float = 4
    rate: float = 3e-4
    batch: int = 32
    real_share: int = 2  # how often rows of documents come in an epoch
    bare_real: float = 0.25  # share of rows seen without heading
    bare_written: float = 0.5
    written: float = 1.0  # share of written rows in an epoch
    decay: float = 0.01
    warm: float = 0.06


def below(model: Model, sequences: list[tuple[int, ...]], batch: int = 64) -> list[torch.Tensor]:
    """Return what the frozen layers make of each sequence, in half precision."""
    order = np.argsort([len(s) for s in sequences], kind="stable")
    found: list = [None] * len(sequences)
    model.eval()
    for at in range(0, len(order), batch):
        which = order[at : at + batch].tolist()
        pieces, there = padded([sequences[i] for i in which])
        with torch.autocast("cpu", torch.bfloat16):
            x = model.below(pieces, there[:, None, None, :])
        for row, i in enumerate(which):
            found[i] = x[row, : len(sequences[i])].to(torch.bfloat16).clone()
    return found


def padded(sequences: list) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (pieces, which are there) of sequences of different lengths."""
    longest = max(map(len, sequences))
    pieces = torch.zeros(len(sequences), longest, dtype=torch.long)
    there = torch.zeros(len(sequences), longest, dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        pieces[row, : len(sequence)] = torch.tensor(sequence)
        there[row, : len(sequence)] = True
    return pieces, there


def _stacked(vectors: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, vectors))
    x = torch.zeros(len(vectors), longest, vectors[0].shape[1])
    there = torch.zeros(len(vectors), longest, dtype=torch.bool)
    for row, vector in enumerate(vectors):
        x[row, : len(vector)] = vector
        there[row, : len(vector)] = True
    return x, there


def _of_text(there: torch.Tensor, n_text: np.ndarray) -> torch.Tensor:
    return torch.arange(there.shape[1])[None, :] < torch.from_numpy(n_text)[:, None]


def fit(model: Model, rows: Rows, use: np.ndarray, recipe: Recipe, seed: int, seen: tuple[list, list], say=print) -> None:
    """Fit the upper layers and the heads on the rows numbered `use`; `seen`: `below` of bare and headed rows."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    learned = [*model.head.parameters(), *(p for p in model.layers.parameters() if p.requires_grad)]
    optimiser = torch.optim.AdamW(learned, lr=recipe.rate, weight_decay=recipe.decay, fused=True)
    real, written = use[rows.real[use]], use[~rows.real[use]]
    lengths = np.array([len(s) for s in rows.headed])
    n_written = int(len(written) * recipe.written)
    steps = math.ceil((n_written + len(real) * recipe.real_share) / recipe.batch)
    total, done, start = max(int(steps * recipe.epochs), 1), 0, time.process_time()
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / (recipe.warm * total + 1), max((total - s) / total, 0.0))
    )
    model.train()
    statement, tools = torch.from_numpy(rows.statement), torch.from_numpy(rows.tools.astype(np.float32))
    while done < total:
        chosen = np.concatenate([rng.permutation(written)[:n_written], np.repeat(real, recipe.real_share)])
        bare = rng.random(len(chosen)) < np.where(rows.real[chosen], recipe.bare_real, recipe.bare_written)
        length = np.where(bare, rows.n_text[chosen], lengths[chosen]) * rng.uniform(0.9, 1.1, len(chosen))
        order = np.argsort(length, kind="stable")
        batches = [order[at : at + recipe.batch] for at in range(0, len(order), recipe.batch)]
        losses = []
        for number in rng.permutation(len(batches)).tolist():
            if done >= total:
                break
            which = chosen[batches[number]]
            vectors = [seen[0 if b else 1][i] for i, b in zip(which.tolist(), bare[batches[number]].tolist(), strict=True)]
            x, there = _stacked(vectors)
            with torch.autocast("cpu", torch.bfloat16):
                out = model.above(x, there[:, None, None, :], _of_text(there, rows.n_text[which])).float()
            loss = functional.cross_entropy(out[:, :4], statement[which])
            each = functional.binary_cross_entropy_with_logits(out[:, 4:], tools[which], reduction="none")
            loss = loss + each.sum(1).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
            done += 1
        say(f"step {done} of {total}, loss {np.mean(losses):.3f}, {time.process_time() - start:.0f} CPU s", flush=True)


def scores(model: Model, rows: Rows, which: np.ndarray, seen: list, batch: int = 64) -> np.ndarray:
    """Return rows x outputs (logits) of the rows numbered `which`."""
    model.eval()
    order = which[np.argsort([len(seen[i]) for i in which.tolist()], kind="stable")]
    out = {}
    with torch.no_grad():
        for at in range(0, len(order), batch):
            some = order[at : at + batch]
            x, there = _stacked([seen[i] for i in some.tolist()])
            with torch.autocast("cpu", torch.bfloat16):
                y = model.above(x, there[:, None, None, :], _of_text(there, rows.n_text[some])).float()
            out.update(zip(some.tolist(), y.numpy(), strict=True))
    return np.array([out[i] for i in which.tolist()])
