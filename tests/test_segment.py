import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from helpers import segment, store
from helpers.segment.lexicon import default_lexicon, load
from helpers.segment.tokens import dictionary

CODEBOOK = store.PROJECT_ROOT / "data" / "codebook"
GOLD = store.PROJECT_ROOT / "data" / "gold"


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    parts = [pd.read_csv(GOLD / f"{name}.csv")["text"] for name in ("gold", "train")]
    return pd.concat(parts).dropna().tolist()


def test_a_word_of_the_lexicon_stays_whole_and_latin_and_numbers_are_words():
    assert segment.tokenise(["推进新型工业化,实施中国制造2025。"]) == [["推进", "新型工业化", "实施", "中国制造2025"]]
    assert segment.tokenise(["PM2.5下降3.6%", "", "——"]) == [["PM2.5", "下降", "3.6%"], [], []]


def test_the_two_segmenters_set_the_same_boundaries(sentences):
    same = all_ = 0
    for one, two in zip(segment.tokenise(sentences, "jieba"), segment.tokenise(sentences, "rjieba"), strict=True):
        assert "".join(one) == "".join(two)
        a, b = segment.boundaries(one), segment.boundaries(two)
        same, all_ = same + len(a & b), all_ + len(a | b)
    assert all_ > 20_000
    assert same / all_ >= 0.995


def test_an_unknown_segmenter_is_refused():
    with pytest.raises(ValueError, match="none of jieba, rjieba"):
        segment.tokenise(["产业"], "hanlp")


def test_no_cache_file_is_read_or_written_in_the_shared_folder(tmp_path):
    poison = tmp_path / "jieba.cache"
    poison.write_bytes(b"not a marshal file")
    code = "from helpers import segment; print(segment.tokenise(['产业发展']))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]
    assert poison.read_bytes() == b"not a marshal file"
    assert "jieba" not in run.stderr  # it would log that it builds or loads a cache


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "培育龙头企业。(县工信局牵头，县发改局、县财政局、各街道(乡)等按职责分工负责)",
            "培育龙头企业",
        ),  # bracket within the bracket
        ("优化服务。(牵头单位:区政府办公室;责任单位:区委编办、区法制办", "优化服务"),  # the bracket never closes
        ("依据《办法》(湘政发〔2016〕8号)执行", "依据《办法》 执行"),
        ("按中方发【2020】38号文件", "文件"),  # the number takes the characters before it along
        ("①路网工程", "路网工程"),
        ("二是扩大投资", "扩大投资"),
        ("由县发展和改革局会同市生态环境局湘阴分局办理", "办理"),
        ("县渔政渔港监督局、县委深改办要配合", "配合"),  # no list knows these two offices
    ],
)
def test_what_makes_no_topic_is_cut(text, kept):
    masked = segment.mask_names([text], ["湘阴县", "湘阴"])[0]
    for character in kept.replace(" ", ""):
        assert character in masked
    for name in ("改革", "环境局", "监督局", "编办", "改办", "〔", "38", "牵头", "①", "二是", "湘阴"):
        assert name not in masked


@pytest.mark.parametrize(
    "text", ["优化产业布局", "建设数据中心", "教育部门要办好学校", "开展技术创新中心建设", "推进科学技术普及"]
)
def test_words_that_only_look_like_offices_stay(text):
    assert segment.mask_names([text])[0].replace(" ", "") == text


def test_names_carry_no_content_in_a_corpus_never_seen():
    texts = [
        "太和县支持河溪镇、城关街道发展肉牛产业",
        "县农投公司、太和县农业农村局负责屠宰企业技术改造",
        "习近平总书记考察阜阳市时强调粮食安全",
        "恩施土家族苗族自治州茶叶产业",
    ]
    words = {w for bag in segment.content_words(texts, places=("太和县", "太和")) for w in bag}
    assert {"产业", "技术改造", "粮食安全", "茶叶"} <= words
    assert not words & {"太和县", "太和", "河溪镇", "城关街道", "农业农村局", "习近平", "总书记"}
    assert not words & {"阜阳市", "阜阳", "恩施", "公司"}


def test_everyday_words_that_are_also_counties_go_only_at_home():
    assert segment.word_verdicts(["合作", "振兴"]) == {"合作": "", "振兴": ""}
    assert segment.word_verdicts(["振兴"], places=("振兴区", "振兴")) == {"振兴": "division"}


def test_places_of_documents_include_the_names_without_suffix_and_survive_unknown_counties():
    documents = pd.DataFrame({"county": ["湘阴县", None], "city": ["岳阳市", None], "province": ["湖南省", "湖南省"]})
    assert segment.places_of(documents) == ("岳阳市", "湖南省", "湘阴县", "岳阳", "湖南", "湘阴")


def test_left_out_words_are_counted_by_rule():
    table = segment.left_out(["的", "的", "湘阴县", "产业", "100"]).set_index("rule")
    assert table.loc["function", "n"] == 2
    assert table.loc["division", "examples"] == "湘阴县"
    assert table["n"].sum() == 4


def test_every_entry_of_the_word_lists_has_a_source_and_the_flag_elsewhere_is_true():
    raw = yaml.safe_load((CODEBOOK / "lexicon.yml").read_text(encoding="utf-8"))
    seen = "".join(pd.concat([pd.read_csv(GOLD / f"{name}.csv")["text"] for name in ("gold", "train")]).dropna())
    for entry in raw["entries"]:
        assert entry["note"], entry
        if entry.get("elsewhere"):
            assert entry["word"] not in seen, f"{entry['word']} occurs in the corpus: drop `elsewhere`"
    stops = yaml.safe_load((CODEBOOK / "stopwords.yml").read_text(encoding="utf-8"))
    assert {rule["rule"] for rule in stops["rules"]} >= {"department", "document_number", "responsibility_bracket", "division"}
    assert all(entry["source"] in stops["sources"] for entry in stops["entries"])


def test_no_stopword_is_content_of_the_lexicon():
    lexicon = segment.default_lexicon()
    assert not {word for word in lexicon.stopwords if lexicon.content(word)}


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        ("entries: [", "not a YAML file"),
        ("sources: {a: b}\nentries:\n- {word: 园区, kind: parc, source: a}", r"entry 1 \(园区\): kind 'parc'"),
        ("sources: {a: b}\nentries:\n- {word: 园区, kind: park, source: c}", "source 'c' is not declared"),
        (
            "sources: {a: b}\nentries:\n- {word: 园区, kind: park, source: a}\n- {word: 园区, kind: park, source: a}",
            "stands twice",
        ),
        ("- 园区", "must have `sources:`"),
    ],
)
def test_a_broken_lexicon_says_where(tmp_path: Path, lexicon, message):
    (tmp_path / "lexicon.yml").write_text(lexicon, encoding="utf-8")
    with pytest.raises(segment.LexiconError, match=message):
        load(tmp_path / "lexicon.yml", CODEBOOK / "stopwords.yml")


def test_the_dictionary_is_read_with_frequencies_and_tags():
    frequency, tag = dictionary()["产业"]
    assert frequency > 0 and tag == "n"


def test_content_words_are_the_same_for_any_number_of_workers_and_for_copied_sentences(sentences, monkeypatch):
    texts = sentences[:60] + sentences[:5] + [""]
    alone = segment.content_words(texts, places=("湘阴县", "湘阴"))
    monkeypatch.setattr("helpers.segment.content._BATCH", 3)  # 20 batches: enough for the engine to start workers
    monkeypatch.setenv("HELPERS_WORKERS", "2")
    assert segment.content_words(texts, places=("湘阴县", "湘阴")) == alone
    assert alone[60:65] == alone[:5] and alone[60] is not alone[0]  # equal, but each unit's own list
    assert sum(map(len, alone)) > 300


def test_names_are_masked_wherever_they_stand_those_before_others_first():
    names = ["岳阳楼区", "岳阳", "a.b", "岳", "[县", "临湘-"]
    text = "岳阳楼区和岳阳、岳麓,a.b不是axb;[县与临湘-市"
    assert segment.mask_names([text, text[:4]], names) == [" 和 、 麓, 不是axb; 与 市", " "]


def test_every_stem_of_the_lexicon_begins_the_name_of_an_office():
    said = [f"由{stem}局办理" for stem in default_lexicon().stems]
    assert [text for text, masked in zip(said, segment.mask_names(said), strict=True) if masked != "由 办理"] == []
