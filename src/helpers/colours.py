"""The colours of figures and of codes in other programs: Okabe & Ito (2008), told apart in greyscale too in this order."""

from functools import cache

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
NEUTRAL, INK = "#6b7280", "#111827"
ON_MARK = "#1a1a1a"  # text upon a coloured mark: dark in both lights, while other text turns with the page
ON_PAGE = tuple(colour.lower() for colour in (*PALETTE[:7], "#4b5563"))  # there black is the text's
SHADES = "Blues"  # of heat maps, from ColorBrewer (Brewer et al., 2003): these nine, and what lies between them
_SHADES = ("#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b")
_IN_THE_DARK = ((0, (32, 38, 45)), (0.45, (44, 90, 135)), (0.5, (80, 142, 193)), (1, (176, 215, 248)))
_STEPS, _NEAR = 16, 5.0
_DARK = {  # what figures are drawn in besides: how it looks where the page is dark
    "fill": {"#ffffff": "var(--raised)", "#6b7280": "var(--quiet)", "#111827": "var(--ink)", "#262626": "var(--ink)",
             "#f3f4f6": "var(--wash)", "#f2f2f2": "var(--wash)", "#ececec": "var(--wash)", "#e6e6e6": "var(--wash)",
             "#005585": "var(--t0)", "#ac7700": "var(--t1)", "#007656": "var(--t2)"},
    "stroke": {"#ffffff": "var(--raised)", "#000000": "var(--quiet)", "#6b7280": "var(--quiet)", "#111827": "var(--ink)",
               "#374151": "var(--ink)", "#9ca3af": "var(--quiet)", "#e5e7eb": "var(--rule)", "#d1d5db": "#4a525d",
               "#f2f2f2": "var(--wash)", "#ececec": "var(--wash)", "#e6e6e6": "var(--wash)"},
}  # fmt: skip


def in_style(sheet: str) -> str:
    """Put colours into a style sheet: of types, --t0 to --t7, for @@PALETTE@@; of figures in the dark for @@FIGURES@@."""
    own, follows = _rules(':root[data-theme="dark"]'), _rules(':root:not([data-theme="light"])')
    sheet = sheet.replace("@@PALETTE@@", " ".join(f"--t{k}: {colour};" for k, colour in enumerate(ON_PAGE)))
    return sheet.replace("@@FIGURES@@", f"{own}\n@media (prefers-color-scheme: dark) {{\n{follows}\n}}")


@cache
def shade(colour: str) -> int | None:
    """Return the step (0 to 15) at which a colour lies on the scale of heat maps; None for a colour that is not on it."""
    best, at, point = _NEAR, None, _rgb(colour)
    stops = [_rgb(stop) for stop in _SHADES]
    for k, (low, high) in enumerate(zip(stops, stops[1:], strict=False)):
        way = [b - a for a, b in zip(low, high, strict=True)]
        along = sum((p - a) * w for p, a, w in zip(point, low, way, strict=True)) / sum(w * w for w in way)
        along = min(1.0, max(0.0, along))
        off = sum((p - a - along * w) ** 2 for p, a, w in zip(point, low, way, strict=True)) ** 0.5
        if off < best:
            best, at = off, (k + along) / (len(stops) - 1)
    return None if at is None else min(_STEPS - 1, int(at * _STEPS))


def _rules(dark: str) -> str:
    """Return the rules by which a drawing takes the colours of the dark page: its file keeps those of the light one."""
    named = {kind: known | {light: f"var(--t{k})" for k, light in enumerate(ON_PAGE[:7])} for kind, known in _DARK.items()}
    rules = [
        f'{dark} .drawing [{kind}="{light}"] {{ {kind}: {shown}; }}'
        for kind, known in named.items()
        for light, shown in known.items()
    ]
    rules += [f"{dark} .drawing .h{k} {{ fill: {_dark_shade((k + 0.5) / _STEPS)}; }}" for k in range(_STEPS)]
    return "\n".join([*rules, f'{dark} .drawing text[fill="#ffffff"] {{ fill: #10141a; }}'])


def _dark_shade(at: float) -> str:
    for (start, low), (end, high) in zip(_IN_THE_DARK, _IN_THE_DARK[1:], strict=False):
        if at <= end:
            share = (at - start) / (end - start)
            return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(low, high, strict=True))
    return "#ffffff"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
