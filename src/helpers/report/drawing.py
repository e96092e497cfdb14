"""Figures as drawings inside the page: text stays text in the page's own font, and only drawing is let in."""

import re
from pathlib import Path

from lxml import etree

from helpers.colours import shade

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS = frozenset((
    "svg", "g", "defs", "path", "use", "text", "tspan", "rect", "circle", "ellipse", "line", "polyline", "polygon", "clipPath",
    "image", "linearGradient", "radialGradient", "stop",
))  # fmt: skip
_ATTRIBUTES = frozenset((
    "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "d", "points", "width", "height", "viewBox",
    "transform", "clip-path", "clip-rule", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "text-anchor",
    "font-size", "font-weight", "font-style", "dominant-baseline", "image-rendering", "preserveAspectRatio", "offset",
    "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "clipPathUnits",
))  # fmt: skip
_PLACES = frozenset(("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"))
_LONG, _NO_TURN = re.compile(r"-?\d+\.\d{3,}"), re.compile(r"rotate\(-?0(?:\.0*)? [^)]*\)")
_AFTER_COMMAND = re.compile(r" ?([A-Za-z]) ?")
_DRAWN = frozenset(("path", "use", "text", "rect", "circle"))
_INHERITED = frozenset((
    "clip-path", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
    "stroke-dasharray", "font-size", "text-anchor", "class",
))  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_IMAGE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]+")


def inline(path: Path, prefix: str, label: str) -> str:
    """Return the drawing in the SVG file `path` as an element for the page, with `label` as its accessible name.

    Styles become attributes (the page allows no inline style), identifiers carry `prefix` so that figures do not mix,
    and whatever does not draw (scripts, links, foreign elements) is left out.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    source = etree.fromstring(path.read_bytes(), parser)
    used = set(_REFERENCE.findall(path.read_text(encoding="utf-8")))
    used |= {node.get(_HREF)[1:] for node in source.iter(f"{{{_SVG}}}use") if (node.get(_HREF) or "").startswith("#")}
    root = _copy(source, prefix, used)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("class", "drawing")
    root.set("role", "img")
    root.set("aria-label", label)
    root.set("stroke-linejoin", "round")
    return etree.tostring(root, encoding="unicode")


def _copy(node, prefix: str, used: set[str]):
    copy = etree.Element(etree.QName(node).localname)
    copy.text = node.text if copy.tag in ("text", "tspan") else None
    mark = node.getparent() is not None and etree.QName(node.getparent()).localname == "defs"
    for name, value in _attributes(node):
        if mark and name in ("fill", "stroke"):
            continue  # each use of a mark says both itself, and where the page is dark only there they turn
        if name == "id" and value in used:
            copy.set("id", f"{prefix}-{value}")
        elif name == _HREF or name == "href":
            _link(copy, value, prefix)
        elif name in _ATTRIBUTES:
            value = _short(name, " ".join(_REFERENCE.sub(rf"url(#{prefix}-\1)", value).split()))
            if value and ("url(" not in value or f"url(#{prefix}-" in value):
                copy.set(name, value)
            if name == "fill" and copy.tag != "text" and _COLOUR.fullmatch(value) and (step := shade(value)) is not None:
                copy.set("class", f"h{step}")  # a shade of a heat map: the page says how it looks in the dark
    for child in node:
        if isinstance(child.tag, str) and etree.QName(child).namespace == _SVG and etree.QName(child).localname in _ELEMENTS:
            part = _copy(child, prefix, used)
            part.tail = child.tail if copy.tag in ("text", "tspan") else None
            if part.tag == "g" and not part.attrib:
                copy.extend(list(part))  # a group that says nothing
            else:
                copy.append(part)
    if copy.tag != "defs":
        _gather(copy)
    return copy


def _gather(parent) -> None:
    """Put neighbours that look alike into one group that says so once."""
    children, at = list(parent), 0
    while at < len(children):
        look, end = _look(children[at]), at + 1
        while end < len(children) and look and _look(children[end]) == look:
            end += 1
        if end - at > 1:
            group = etree.Element("g", look)
            parent.insert(parent.index(children[at]), group)
            for part in children[at:end]:
                for name in look:
                    del part.attrib[name]
                group.append(part)
        at = end


def _look(part) -> dict[str, str]:
    """Return what a group can say for an element; a clip is in the element's own co-ordinates, which a turn changes."""
    own = {"clip-path"} if "transform" in part.attrib else set()
    own |= {"fill"} if part.tag == "text" else set()  # white letters turn dark with the page, white ground turns otherwise
    return {name: value for name, value in part.attrib.items() if name in _INHERITED - own} if part.tag in _DRAWN else {}


def _short(name: str, value: str) -> str:
    """Return the value without what no eye sees: decimals beyond a tenth of a point, turns by nothing, blanks in paths."""
    if name == "transform":
        return "" if _NO_TURN.fullmatch(value) else _LONG.sub(lambda match: f"{float(match[0]):.4f}".rstrip("0"), value)
    if name in _PLACES:
        decimals = 1 if len(value) > 30 else 2  # a long path is no small mark
        value = _LONG.sub(lambda match: f"{float(match[0]):.{decimals}f}".rstrip("0").rstrip("."), value)
    return _AFTER_COMMAND.sub(r"\1", value) if name == "d" else value


def _attributes(node) -> list[tuple[str, str]]:
    style = [part.partition(":") for part in node.get("style", "").split(";")]
    return [*((k, v) for k, v in node.attrib.items() if k != "style"), *((k.strip(), v.strip()) for k, _, v in style if v)]


def _link(copy, value: str, prefix: str) -> None:
    """Only parts of the same drawing and pictures inside the file may be pointed to."""
    if copy.tag == "use" and value.startswith("#"):
        copy.set("href", f"#{prefix}-{value[1:]}")
    elif copy.tag == "image" and _IMAGE.fullmatch(value):
        copy.set("href", "".join(value.split()))
