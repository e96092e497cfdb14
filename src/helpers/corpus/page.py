"""What stands round the text of a web page: navigation, lists of links, sidebars, feet; told by where the sentences are.

trafilatura 2.3 (Apache 2.0) was compared: on the pages of the tests it finds the same main text and one line of navigation more.
It answers with a new text, without offsets, without what a merged cell stands for and without a word on what it left out; here
every block stays in the raw text and the log says why one goes. Told by the density of sentences and of links, as there and in
Kohlschütter et al. (2010).
"""

import re
import unicodedata

from lxml import etree

from helpers.corpus.blocks import LeftOut

_LINKS = LeftOut("navigation", "list of links of the web page", False)
_OUTSIDE = LeftOut("navigation", "outside the main text of the page", False)
_LABEL = LeftOut("furniture", "label of the web page outside its main text", False)
_MARKS = re.compile("[，。；,;]")
_HOLDERS = frozenset(
    {"body", "div", "td", "section", "article", "main", "center", "form", "table", "tbody", "tr", "blockquote", "ul"}
)
_LISTS = frozenset({"ul", "ol", "div", "table", "nav", "td", "dl", "p", "section", "aside"})
_NAMED = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|foot(?:er)?|crumbs?|breadcrumbs?|sidebar|related|search|login|copyright|share)(?:$|[-_ \d])", re.I
)
_ASIDE = frozenset({"nav", "footer", "aside"})
_FILE = re.compile(r"\.(?:docx?|wps|pdf|xlsx?|zip|rar|ofd|et)(?:$|[?#])", re.I)
_KEPT = re.compile(r"[〔【\[]\s?(?:19|20)\d\d\s?[〕】\]]\s?第?\s?\d{1,4}\s?号|^(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日$")
_LABELLED = re.compile(r"[【\[]?[\u4e00-\u9fff\s\u3000]{2,8}[】\]]?\s*[:：]")
_KEY = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def is_named(node: etree._Element) -> bool:
    """Tell whether the class or id of an element says that it is navigation."""
    return bool(_NAMED.search(f"{node.get('class') or ''} {node.get('id') or ''}"))


class Surroundings:
    """Which elements of a page are no part of its document.

    The main text is the deepest element with nine tenths of the page's commas and full stops outside links. Beside it, in the
    same parent, only lists of links go; farther out only blocks with a sentence, the page's title or a document number stay.
    """

    def __init__(self, page: etree._Element, labels: str) -> None:
        self.titles = _KEY.sub("", unicodedata.normalize("NFKC", labels))
        self.counts: dict[etree._Element, tuple[int, int, int, int]] = {}  # letters, letters in links, marks, links
        self._count(page)
        self.way = self._way(page)
        self.above = set(self.way[:-2])

    def _count(self, page: etree._Element) -> None:
        stack: list[list[int]] = [[0, 0, 0, 0]]
        links = 0
        events = etree.iterwalk(page, events=("start", "end"))
        for event, node in events:
            if event == "start":
                if node.tag in ("script", "style", "head"):
                    events.skip_subtree()
                    continue
                stack.append([0, 0, 0, 0])
                links += node.tag == "a"
                stack[-1][3] += node.tag == "a"
                self._add(stack[-1], node.text, links)
                continue
            if node.tag not in ("script", "style", "head"):
                links -= node.tag == "a"
                done = stack.pop()
                telling = done[3] > 2 or done[2] > 2 or node.tag in _ASIDE or bool(node.get("class") or node.get("id"))
                if telling and (node.tag in _LISTS or node.tag in _HOLDERS or node.tag in _ASIDE):  # few of a million rows
                    self.counts[node] = tuple(done)
                outer = stack[-1]
                for k in range(4):
                    outer[k] += done[k]
            self._add(stack[-1], node.tail, links)

    @staticmethod
    def _add(counts: list[int], text: str | None, links: int) -> None:
        if text and not text.isspace():
            n = len(_HAN.findall(text))
            counts[0] += n
            if links:
                counts[1] += n
            else:
                counts[2] += len(_MARKS.findall(text))

    def _way(self, page: etree._Element) -> list[etree._Element]:
        """Return the elements from the body to the main text, that last; none where no part of the page stands out."""
        body = next(page.iter("body"), page)
        total = self.counts.get(body, (0, 0, 0, 0))[2]
        if total < 8:
            return []
        way = [body]
        while (inner := self._holder_of(way[-1], 0.9 * total)) is not None:
            way.append(inner)
        while len(way) > 1 and way[-1].tag in ("tr", "tbody", "table"):
            way.pop()
        return way

    def _holder_of(self, parent: etree._Element, marks: float) -> etree._Element | None:
        return next((c for c in parent if c.tag in _HOLDERS and self.counts.get(c, (0, 0, 0, 0))[2] >= marks), None)

    def is_outside(self, node: etree._Element) -> bool:
        """Tell whether an element branches off the way to the main text above the main text's parent."""
        parent = node.getparent()
        return parent is not None and parent in self.above and node not in self.way

    def outside(self, text: str) -> LeftOut | None:
        """Return why a block out there is left out; None for a sentence, the title, a document number, a date of signature."""
        if _LABELLED.match(text):
            return _LABEL
        key = _KEY.sub("", unicodedata.normalize("NFKC", text))
        if len(key) >= 8 and key in self.titles or _KEPT.search(text) or "。" in text and len(key) >= 15:
            return None
        return _OUTSIDE

    def why(self, node: etree._Element) -> LeftOut | None:
        """Return why an element as a whole is no part of the document, None where its blocks have to be looked at."""
        counts = self.counts.get(node)
        if counts is None or not self.way or node in self.way:
            return None
        letters, in_links, marks, links = counts
        named = node.tag in _ASIDE or is_named(node)
        listed = links >= 3 and in_links >= 0.6 * letters and not marks
        if listed and not any(_FILE.search(link.get("href") or "") for link in node.iter("a")):
            return _LINKS
        return _OUTSIDE if named and marks < 3 and letters and not self._inside(node) else None

    def _inside(self, node: etree._Element) -> bool:
        return any(parent is self.way[-1] for parent in node.iterancestors())
