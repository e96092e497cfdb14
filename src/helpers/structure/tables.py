"""Rows of tables in a clean text: what each cell is, what its column is called, and which cells hold sentences.

A row is a line with tabs (see `repair.rows`); rows one below the other are a table. Every format gives the same lines, so a table
is read from the text alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from helpers.structure.sentences import has_words, split, text_key

CELL, BREAK = "\t", "\u2028"
_SAME = frozenset({"〃", "同上", "″"})
BETWEEN = " | "  # the cells of a row as context, each with the name of its column
_NAMED = re.compile(
    r"序号|编号|任务|事项|内容|措施|目标|指标|项目|名称|类别|分类|领域|单位|部门|责任|牵头|配合|时限|时间|期限|日期|进度|完成|备注|说明|金额|资金"
    r"|标准|地点|地址|依据|要求|举措|工作|年份|年度|数量|规模|联系|负责|领导|建设|投资|类型|性质|属性|政策|条件|方式|对象|流程|材料|效果"
    r"|成果|问题|整改|得分|分值|企业|乡镇|电话|主体|阶段|计划|范围|来源|比例|基数|现状|合计|小计|主要|清单|条款|种类|层级|事权|岗位|姓名|职务"
)
_COLUMNS = {
    "number": re.compile(r"^(?:序号?|编号|号|No\.?)$", re.IGNORECASE),
    "date": re.compile(r"时限|时间|期限|日期|完成期|截止|何时"),
    "duty": re.compile(
        r"牵头|配合|责任|负责|主办|协办|承办|参与|(?:实施|落实|主管|参加|承担|协同)(?:单位|部门|主体)|^(?:单位|部门)(?:名称)?$|领导|联系人"
    ),
    "label": re.compile(
        r"名称|类别|分类|领域|指标|地[点址]|类型|性质|属性|联系|电话|企业|乡镇|金额|资金|投资|数量|规模|年份|年度|比例|基数|姓名|职务|对象"
    ),
    "prose": re.compile(
        r"任务|内容|措施|目标|举措|要求|事项|做法|政策|标准|条件|说明|备注|问题|成效|安排|进度|工作|计划|重点|依据|方式|成果"
    ),
}
_NUMBER = re.compile(
    r"[\W\d一二三四五六七八九十百]*"
    r"|[约近超]?[\d.,，％%~～\-—至≥≤><±+()（）/ ]+"
    r"(?:[万亿千百]?[\u4e00-\u9fff㎡%％]{0,6}|[A-Za-z/²³]{1,8})(?:以上|以下|左右|以内)?"
)
_DAY = (
    r"(?:(?:19|20)\d\d\s?年?|[本当今明去每]年|\d{1,2}\s?月(?:份)?|\d{1,2}\s?日|[一二三四1-4]季度|[上下]半年|全年|年度|[上中下]旬"
    r"|[年月季]?[底末初]"
    r"|\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?|\d{1,2}[.．]\d{1,2})"
)
_DATE = re.compile(
    rf"(?:{_DAY}|[-—–~～至到、，,；;/\s\u2028]|以?前|之?前|起|内|完成|长期(?:坚持|实施|推进)?|持续(?:推进|实施|开展)?|立行立改|常态化?"
    r"|按.{1,6}(?:推进|完成)|适时|定期|每[季月周]度?){1,24}"
)
_ENDINGS = (
    r"(?:局|委|办|室|中心|政府|公司|部门?|院|所|站|处|科|[镇乡]|街道|银行|集团|协会|联社|[大支中]队|人社|工会|妇联|科协|残联|文联|供销社|学校|医院|园区|管委会"
    r"|领导小组|指挥部|单位|组|厂|合作社|农场|店|社|税务|公安|财政|商会|联合会|[省市县区]直.{0,6}|开发区|团[县区市]委)"
)
_BODY_END = re.compile(rf"{_ENDINGS}等?(?:[（(][^（）()]{{0,16}}[)）])?等?$")
_ORGAN = re.compile(rf"[^，。；]{{0,24}}{_ENDINGS}等?(?:[（(][^（）()]{{0,16}}[)）])?等?|[\u4e00-\u9fff]{{2,4}}等?")
_LISTED = re.compile(r"[、，,；;\s\u2028/]+")
_VERB = re.compile(
    r"建设|推进|加强|完善|支持|开展|落实|实施|制定|新建|改造|提升|建成|完成|组织|推动|加快|培育|引进|安排|给予|新增|达到|确保|健全|深化|强化"
    r"|优化|鼓励|引导|发展|创建|打造|举办|编制|出台|设立|补贴|奖励|启动|争取|实现|做好|规范|扩大|增加|降低|减少|免收|治理|整治|修复|修建|扶持"
    r"|推广|建立|构建|拓展|保障|促进|提高|盘活|清理|抓好|严格|依法|用好|申报|招引|帮助|协助|研究|探索|打击|严禁|严查|压实|聚焦|围绕|坚持|力争|统筹"
)
_YEAR = re.compile(r"(?:19|20)\d\d\s?年?")
_THING = re.compile(r"(?:工程|项目|平台|基地|园区|体系|机制|表|类|方面|领域|专项|政策|规划)$")
_STOP = re.compile(r"[。；！？]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its place in the clean text, the name of its column ('' where unknown) and its kind: header, number, date,
    duty (who is responsible), label or prose. A cell without a place stands for the one above it, into which it is merged."""

    start: int
    end: int
    text: str
    column: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells that hold anything, and the group line (一、教育领域) under which it stands."""

    cells: tuple[Cell, ...]
    group: str = ""

    def context(self, cell: Cell) -> str:
        """Return what the row says round one of its cells: `任务 | 牵头单位：县教育局 | 完成时限：12月底前`."""
        said = [self.group] if self.group else []
        for other in self.cells:
            if other is cell:
                said.append(other.column)
            elif other.kind not in ("prose", "header"):
                said.append(f"{other.column}：{flat(other)}" if other.column else flat(other))
        return BETWEEN.join(filter(None, said))

    def sentences(self, text: str) -> Iterator[tuple[Cell, int, int]]:
        """Yield the sentences in the cells of prose, with their places."""
        for cell in self.cells:
            if cell.kind == "prose":
                start = cell.start
                for line in cell.text.split(BREAK):
                    for begin, end in split(text, start, start + len(line)):
                        yield cell, begin, end
                    start += len(line) + 1


def flat(cell: Cell) -> str:
    """Return the words of a cell on one line; departments below each other become a list."""
    lines = [line.strip() for line in cell.text.split(BREAK)]
    return ("、" if cell.kind == "duty" else " ").join(line for line in lines if line)


def read(text: str, spans: list[tuple[int, int]]) -> list[Row]:
    """Read the rows of one table, a span each: header rows first, then each cell by its column and its words."""
    words = [[words for _, _, words in _places(text, a, b)] for a, b in spans]
    pairs = _is_list_of_pairs(words)
    table = _Table(() if pairs else _names_by_contrast(words))
    rows = [table.row(list(_places(text, start, end)), pairs) for start, end in spans]
    if not pairs:
        return rows
    facts = [replace(c, end=c.start) for row in rows for c in row.cells if c.kind not in ("prose", "header") and c.start < c.end]
    return [replace(row, cells=(*row.cells, *facts)) if any(c.kind == "prose" for c in row.cells) else row for row in rows]


def _places(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for piece in text[start:end].split(CELL):
        left = start + len(piece) - len(piece.lstrip())
        words = piece.strip()
        yield left, left + len(words), words
        start += len(piece) + 1


def _is_list_of_pairs(rows: list[list[str]]) -> bool:
    """Tell whether a table of two columns has its headings in the first: 项目名称 | … above 建设内容 | …."""
    named = sum(len(row) == 2 and len(row[0]) <= 8 and bool(_NAMED.search(row[0])) for row in rows)
    return named >= 2 and named >= 0.6 * len(rows) and not _is_header(rows[0])


def _names_by_contrast(rows: list[list[str]]) -> tuple[str, ...]:
    """Return the key of a first row of short words over columns of sentences or figures: 步骤 | 要求 above 受理 | 核对材料，…."""
    first, *rest = [row for row in rows if sum(map(has_words, row)) > 1] or [[]]
    named = [word for word in first if has_words(word)]
    if not rest or any(len(w) > 8 or kind_of(w) != "label" or re.search(r"[\d，。；]", w) for w in named):
        return ()
    for k, word in enumerate(first):
        below = [kind_of(row[k]) for row in rest if k < len(row) and has_words(row[k])]
        told = sum(kind in ("prose", "number", "date") for kind in below)
        if has_words(word) and below and told >= max(0.6 * len(below), 1 if "prose" in below else 2):
            return tuple(map(text_key, named))
    return ()


class _Table:
    """The state of a table while its rows are read: names of columns, group line, and the cells that later rows continue."""

    def __init__(self, heading: tuple[str, ...] = ()) -> None:
        self.columns: dict[int, str] = {}
        self.known = heading
        self.headers: set[tuple[str, ...]] = set()
        self.above: dict[int, Cell] = {}
        self.group, self.heading = "", True

    def row(self, places: list[tuple[int, int, str]], pairs: bool) -> Row:
        filled = {k: place for k, place in enumerate(places) if has_words(place[2]) and place[2] not in _SAME}
        words = [place[2] for place in filled.values()]
        if self._header(filled, words) and not pairs:
            return Row(tuple(Cell(*place, "", "header") for place in filled.values()))
        if len(filled) == 1 and len(places) > 1 and not self.above.keys() & {k for k, p in enumerate(places) if p[2] in _SAME}:
            (cell,) = (Cell(*place, "", kind_of(place[2])) for place in filled.values())
            if cell.kind in ("label", "duty", "date"):
                self.group = flat(cell)
                return Row((Cell(cell.start, cell.end, cell.text, "", "label"),))
            return Row((cell,), self.group)
        self.heading = False
        return Row(tuple(self._cells(places, filled, pairs)), self.group)

    def _header(self, filled: dict, words: list[str]) -> bool:
        key = tuple(map(text_key, words))
        anew = not self.heading and len(words) > 2 and all(_NAMED.search(w) and len(w) <= 8 for w in words)
        told = _is_header(words) and (self.heading or anew) or bool(key) and key == self.known
        if key not in self.headers and not told:
            return False
        if anew and key not in self.headers:
            self.columns, self.headers, self.above, self.group = {}, set(), {}, ""
        if key not in self.headers:
            self.columns |= {k: self.columns.get(k, "") + flat(Cell(*place, "", "")) for k, place in filled.items()}
        self.headers.add(key)
        self.heading = True
        return True

    def _cells(self, places: list[tuple[int, int, str]], filled: dict, pairs: bool) -> Iterator[Cell]:
        kinds = {k: kind_of(place[2], self._column(k)) for k, place in filled.items()}
        first = min((k for k in filled if kinds[k] == "prose"), default=-1)
        for k, place in enumerate(places):
            column = flat(Cell(*places[0], "", "")) if pairs and k else self._column(k)
            if k in filled:
                kind = "header" if pairs and not k else kind_of(place[2], column)
                self.above[k] = Cell(*place, column, kind)
                yield self.above[k]
            elif (upper := self.above.get(k)) and (place[2] in _SAME or k < first and upper.kind == "label"):
                yield Cell(place[0], place[0], upper.text, upper.column, upper.kind if upper.kind != "prose" else "label")
            else:
                self.above.pop(k, None)

    def _column(self, k: int) -> str:
        """Return the name of a column; one heading may stand above several."""
        if not self.columns:
            return ""
        return self.columns.get(k) or self.columns.get(max((j for j in self.columns if j < k), default=-1), "")


def _is_header(words: list[str]) -> bool:
    if len(words) < 2 or any(len(w) > 16 or _STOP.search(w) or "，" in w for w in words):
        return False
    named = sum(bool(_NAMED.search(w) or _YEAR.match(w)) for w in words)
    return named >= max(2, 0.6 * len(words)) and not any(_NUMBER.fullmatch(w) and not _YEAR.match(w) for w in words)


def kind_of(words: str, column: str = "") -> str:
    """Return what a cell holds: number, date, duty, label or prose; the name of its column counts, and so do its words."""
    short, n_letters = len(words) <= 40, len(text_key(words))
    if short and _NUMBER.fullmatch(words):
        return "number"
    if short and _DATE.fullmatch(words):
        return "date"
    expected = next((kind for kind, pattern in _COLUMNS.items() if pattern.search(column)), "")
    stops, acts, figures = bool(_STOP.search(words)), bool(_VERB.search(words)), bool(re.search(r"\d", words))
    if expected in ("duty", "date") and not (stops and n_letters > 30):
        return expected
    if is_list_of_bodies(words):
        return "duty"
    if stops and n_letters >= 6:
        return "prose"
    clauses = "，" in words or "," in words
    if expected == "prose":
        told = n_letters >= 6 and (acts or figures or clauses) or n_letters >= 12
    elif expected == "label":
        told = n_letters >= 15 and clauses and acts
    else:
        told = bool(
            n_letters >= 8 and clauses and (acts or figures)
            or n_letters >= 6 and _VERB.match(words)
            or n_letters >= 10 and acts and figures
            or n_letters >= 20 and acts and not _THING.search(words)
        )  # fmt: skip
    return "prose" if told else "label"


def is_list_of_bodies(words: str) -> bool:
    """Tell whether a text is nothing but departments, firms or persons, one or a list."""
    pieces = [piece for piece in _LISTED.split(words) if piece]
    pieces = [re.sub(r"^.{2,6}[:：]", "", piece) for piece in pieces]
    return any(_BODY_END.search(p) for p in pieces) and all(len(p) <= 30 and _ORGAN.fullmatch(p) for p in pieces)
