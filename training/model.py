"""The encoder as it is trained: XLM-R's layers (Conneau et al. 2020) with heads for statements and tools, in torch."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.coding.weights import floats
from training.base import Base


class Layer(nn.Module):
    """One layer: attention over a text's own pieces, then two linear maps, each added to its input and normalised."""

    def __init__(self, hidden: int, heads: int, inner: int, epsilon: float, dropout: float):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.norm_1, self.norm_2 = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        n, length, hidden = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        seen = (q @ k.transpose(2, 3) * (hidden // self.heads) ** -0.5).masked_fill(~mask, -1e4).softmax(3).to(v.dtype) @ v
        seen = self.out(seen.transpose(1, 2).reshape(n, length, hidden))
        x = self.norm_1(x + functional.dropout(seen, self.dropout, self.training))
        inner = self.down(functional.gelu(self.up(x), approximate="tanh"))
        return self.norm_2(x + functional.dropout(inner, self.dropout, self.training))


class Model(nn.Module):
    """Embeds pieces, goes through the layers, pools the text's pieces (mean and greatest), and scores the outputs."""

    def __init__(self, base: Base, rows: np.ndarray, frozen: int, n_outputs: int, dropout: float = 0.1, layers: int = 0):
        super().__init__()
        h = base.hidden
        tensors = {name: torch.from_numpy(_plain(t)) for name, t in base.tensors.items() if name != "emb.word"}
        words = floats(base.tensors["emb.word"].reshape(-1, h // 32)[rows]).reshape(len(rows), h)
        self.frozen, self.dropout = frozen, dropout
        self.register_buffer("words", torch.from_numpy(words))
        self.register_buffer("places", tensors["emb.pos"].view(-1, h) + tensors["emb.type"].view(-1, h)[0])
        self.norm = nn.LayerNorm(h, base.epsilon)
        self.norm.load_state_dict({"weight": tensors["emb.ln.w"], "bias": tensors["emb.ln.b"]})
        n_layers = layers or base.layers
        self.layers = nn.ModuleList(Layer(h, base.heads, base.inner, base.epsilon, dropout) for _ in range(n_layers))
        for i, layer in enumerate(self.layers):
            layer.load_state_dict(_layer(tensors, f"l{i}.", h, base.inner))
            if i < frozen:
                layer.requires_grad_(False)
        self.norm.requires_grad_(False)
        self.head = nn.Linear(2 * h, n_outputs)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def below(self, pieces: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return what the frozen layers make of pieces (texts x places)."""
        with torch.no_grad():
            x = self.norm(self.words[pieces] + self.places[: pieces.shape[1]])
            for layer in self.layers[: self.frozen]:
                x = layer(x, mask)
        return x

    def above(self, x: torch.Tensor, mask: torch.Tensor, of_text: torch.Tensor) -> torch.Tensor:
        """Return texts x outputs from what the frozen layers made; `of_text` marks the places that are pooled."""
        for layer in self.layers[self.frozen :]:
            x = layer(x, mask)
        x = x.float()
        there = of_text[:, :, None]
        mean = (x * there).sum(1) / there.sum(1)
        greatest = x.masked_fill(~there, -1e4).amax(1)
        return self.head(functional.dropout(torch.cat([mean, greatest], 1), self.dropout, self.training))


def _plain(tensor: np.ndarray) -> np.ndarray:
    return (tensor if tensor.dtype == np.float32 else floats(tensor)).copy().ravel()


def _layer(t: dict, at: str, h: int, inner: int) -> dict:
    """Return the state of one layer from the wheel's tensors."""
    return {
        "qkv.weight": torch.cat([t[f"{at}{n}.w"].view(h, h) for n in "qkv"]),
        "qkv.bias": torch.cat([t[f"{at}{n}.b"] for n in "qkv"]),
        "out.weight": t[f"{at}ao.w"].view(h, h), "out.bias": t[f"{at}ao.b"],
        "up.weight": t[f"{at}fi.w"].view(inner, h), "up.bias": t[f"{at}fi.b"],
        "down.weight": t[f"{at}fo.w"].view(h, inner), "down.bias": t[f"{at}fo.b"],
        "norm_1.weight": t[f"{at}aln.w"], "norm_1.bias": t[f"{at}aln.b"],
        "norm_2.weight": t[f"{at}oln.w"], "norm_2.bias": t[f"{at}oln.b"],
    }  # fmt: skip
