"""The coder: rules, learning, leaving out, evidence, and what it does with odd input."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers import codebook, coding
from helpers.coding import listing
from helpers.coding.labelled import folds, likeness_groups
from helpers.coding.ridge import Ridge
from helpers.structure import text_key

BOOK = codebook.load("data/codebook/policy_tools.yml")


def units(*texts, heading=""):
    return pd.DataFrame({"unit_id": [f"d:{i}" for i in range(len(texts))], "text": texts, "heading_path": heading})


def labelled(*rows):
    """Return labelled units from (unit, set, text, statement, tools)."""
    frame = pd.DataFrame(rows, columns=["unit", "set", "text", "statement", "tools"])
    return frame.assign(heading="", county=[r[0][:1] for r in rows], source_file="", year="", inclusion_probability=np.nan)


LABELLED = labelled(
    ("a1", "train", "县财政对新引进企业给予一次性奖励50万元。", "measure", "funding"),
    ("a2", "train", "县财政对新引进企业给予一次性奖励60万元;", "measure", "funding"),  # nearly a1
    ("a3", "train", "新建污水处理厂两座,铺设管网30公里。", "measure", "infrastructure"),
    ("b1", "train", "到2025年,规模工业总产值达到100亿元以上。", "goal", "planning"),
    ("b2", "gold", "去年全县引进项目68个,到位资金53亿元。", "background", ""),
    ("b3", "gold", "成立由县长任组长的领导小组,每月调度。", "measure", "organisation"),
    ("", "invented", "开展订单式培养,每年培训技工2000人。", "measure", "talent"),
    ("", "invented", "各乡镇人民政府,县直各单位:", "other", ""),
)


def tools_by_rules(text, heading=""):
    codes, tools = coding.code_units(units(text, heading=heading), BOOK, method="rules")
    return codes.at[0, "statement"], set(tools["tool"])


@pytest.mark.parametrize(
    ("text", "statement", "tool"),
    [
        ("对首次认定的高新技术企业,给予一次性奖励20万元。", "measure", "funding"),
        ("新建标准厂房10万平方米,完善园区路网、管网。", "measure", "infrastructure"),
        ("企业的污水超标排放的,责令限期整改,逾期不改的依法关停。", "measure", "regulation"),
        ("全面推行“一件事一次办”,压缩审批时限。", "measure", "business_env"),
        ("组织企业参加广交会,支持建设海外仓。", "measure", "trade"),
        ("发放消费券5000万元,开展汽车以旧换新活动。", "measure", "market"),
        ("通过政府购买服务方式,委托第三方机构运营污水处理设施。", "measure", "outsourcing"),
        ("公务用车优先采购新能源汽车。", "measure", "procurement"),
        ("阶段性减免小微企业房产税和城镇土地使用税。", "measure", "tax"),
        ("到2025年,力争规模以上工业总产值达到500亿元以上。", "goal", "planning"),
    ],
)
def test_rules_on_plain_cases(text, statement, tool):
    said, tools = tools_by_rules(text)
    assert said == statement and tool in tools


@pytest.mark.parametrize(
    ("text", "heading", "statement"),
    [
        ("去年全县完成技改投资17亿元,同比增长8.5%。", "", "background"),
        ("“十三五”期间,先后出台奖励办法12个,累计兑现奖补资金6亿元。", "一、发展基础", "background"),
        ("本办法自发布之日起施行,有效期两年,由县工信局负责解释。", "", "other"),
        ("本办法所称总部企业,是指在本县注册的企业。", "", "other"),
        ("各乡镇人民政府,县直各有关部门:", "", "other"),
        ("为加快工业发展,结合本县实际,制定本办法。", "", "background"),
    ],
)
def test_reports_and_clauses_have_no_tools(text, heading, statement):
    assert tools_by_rules(text, heading) == (statement, set())


def test_a_department_named_after_a_thing_is_not_a_tool():
    assert "funding" not in tools_by_rules("由县财政局牵头,建立工作台账。")[1]


def test_evidence_slices_back_and_tools_follow_the_codebook():
    texts = ["县财政对新引进企业给予一次性奖励80万元。", "去年引进项目70个。", "新建污水处理厂三座,铺设管网50公里。"]
    for gold in (LABELLED, None):
        codes, tools = coding.code_units(units(*texts), BOOK, gold)
        assert list(codes["unit_id"]) == ["d:0", "d:1", "d:2"]
        assert {("d:0", "funding"), ("d:2", "infrastructure")} <= set(zip(tools["unit_id"], tools["tool"], strict=True))
        assert "d:1" not in set(tools["unit_id"]) and (tools["evidence"] != "").all()
        for row in tools.itertuples():
            assert texts[int(row.unit_id[2:])][row.evidence_start : row.evidence_end] == row.evidence
            assert row.tool_type == BOOK.type_of(row.tool)
        assert tools["score"].between(0, 1).all() and codes["statement_score"].between(0, 1).all()


def test_units_that_were_labelled_are_coded_without_their_label():
    """A label turned round must not change the codes of its own unit, nor of a unit like it; others may change."""
    turned = LABELLED.copy()
    turned.loc[[0, 1], "tools"] = "trade"
    asked = units(*LABELLED["text"][:2], "县财政对 新引进企业,给予一次性奖励50万元!")  # the third: same letters as the first
    before, after = (coding.code_units(asked, BOOK, gold)[1] for gold in (LABELLED, turned))
    pd.testing.assert_frame_equal(before, after)
    codes, _ = coding.code_units(units(LABELLED.at[0, "text"], "别的句子,没有人见过。"), BOOK, LABELLED)
    assert list(codes["coder"]) == ["cross-fitted", "learned"]


def test_cross_fitted_and_leave_one_out_give_each_real_unit_once():
    for codes, tools in (coding.cross_fitted(LABELLED, BOOK), coding.leave_one_out(LABELLED, BOOK, by="county")):
        assert list(codes["unit_id"]) == ["a1", "a2", "a3", "b1", "b2", "b3"]
        assert (codes["coder"] == "cross-fitted").all() and set(tools["unit_id"]) <= set(codes["unit_id"])


def test_leaving_out_equals_fitting_anew():
    rng = np.random.default_rng(3)
    rows = sparse.csr_matrix(rng.random((12, 5)) * (rng.random((12, 5)) < 0.6))
    targets, centred = np.sign(rng.normal(size=(12, 3))), np.array([True, False, True])
    leaving = np.arange(12) % 3 == 0
    for out in (np.array([0, 3, 9]), np.array([1, 6]), np.arange(11)):  # marked rows, others, all but one
        kept = np.setdiff1d(np.arange(12), out)
        left = Ridge(rows, targets, centred, 0.5, leaving).weights(out)
        anew = Ridge(rows[kept], targets[kept], centred, 0.5).weights()
        for one, other in zip(left, anew, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-9)


def test_likes_are_in_one_fold_whatever_the_order():
    texts = LABELLED["text"].tolist()
    groups = likeness_groups(texts)
    assert groups[0] == groups[1] and len(set(groups.tolist())) == len(texts) - 1
    held = np.ones(len(texts), dtype=bool)
    fold = folds(texts, groups, held, 3, seed=1)
    back = folds(texts[::-1], likeness_groups(texts[::-1]), held, 3, seed=1)
    assert fold[0] == fold[1] and list(back[::-1]) == list(fold)
    assert (folds(texts, groups, np.arange(len(texts)) == 0, 3, seed=1) >= 0).sum() == 2  # the first and who is like it


def test_what_anybody_writes_is_left_out_of_no_fit():
    shipped = coding.read_labelled()
    short = shipped["text"].map(lambda text: len(text_key(text)) < 12) & shipped["set"].eq("examples")
    of_a_document = shipped["set"].isin(("gold", "train"))
    long = np.flatnonzero(shipped["set"].eq("examples") & ~short)[:1]
    coder = coding.Coder(codebook.load("data/codebook/policy_tools.yml"), shipped, 1, "linear")
    assert short.sum() > 50 and (coder.left_out(np.flatnonzero(short)) == -1).all()  # what was solved for the shipped set will do
    found = coder.left_out(np.flatnonzero(of_a_document)[:1])
    assert (found[of_a_document] >= 0).all()
    with_one_more = coder.left_out(np.r_[np.flatnonzero(of_a_document)[:1], long])
    assert (with_one_more[long] >= 0).all() and (with_one_more[of_a_document] == found[of_a_document]).all()


def test_some_written_sentences_are_learned_without_headings_whatever_the_order():
    rows = labelled(
        *((f"a{i}", "train" if i < 3 else "invented", f"建设第{'甲' * i}路。", "measure", "infrastructure") for i in range(40))
    )
    rows["heading"] = "一、目标"
    learned = coding.Coder(BOOK, rows).learner.headings
    turned = coding.Coder(BOOK, rows.iloc[::-1]).learner.headings
    assert learned == turned[::-1] and set(learned[:3]) == {"一、目标"}  # units of documents keep theirs
    assert 3 < sum(h != "" for h in learned) < 30


def test_entries_that_hit_together_are_a_feature():
    from helpers.coding.features import _pairs

    row, first, pair, second = _pairs(sparse.csr_matrix([[0.0, 2, 3], [0, 0, 0], [1, 0, 4]]))
    assert (row.tolist(), pair.tolist()) == ([0, 2], [1 * 3 + 2, 0 * 3 + 2])
    assert (first.tolist(), second.tolist()) == ([0, 2], [1, 3])


def test_another_scheme_runs_by_rules_and_its_own_labels_are_learned():
    book = codebook.parse({
        "id": "two", "name": {"en": "Two", "zh": "二"},
        "types": [{"id": "carrots", "en": "Carrots", "zh": "激励"}],
        "tools": [{"id": "money", "type": "carrots", "en": "Money", "zh": "钱", "patterns": [
            {"id": "m", "words": ["奖励"], "note": "n", "source": "s"}]}],
    })  # fmt: skip
    codes, tools = coding.code_units(units("给予奖励。", "加快发展。"), book, LABELLED)
    assert set(codes["coder"]) == {"rules"} and list(tools["tool"]) == ["money"]
    own = labelled(("a1", "train", "给予奖励50万元。", "measure", "money"), ("a2", "train", "建设道路。", "measure", ""))
    codes, tools = coding.code_units(units("给予奖励。", "修建一条公路。"), book, own)
    assert set(codes["coder"]) == {"learned"}


def test_explain_names_patterns_and_learned_pieces():
    why = coding.explain("对首次升规企业给予一次性奖励10万元。", "三、政策措施", BOOK, LABELLED)
    assert {"decision", "entry", "n-gram", "encoder"} == set(why["kind"])
    entry = why[(why["kind"] == "entry") & (why["output"] == "funding")].iloc[0]
    assert entry["text"] and entry["note"] and entry["weight"] > 0
    assert "n-gram" not in set(coding.explain("严禁新增产能。", "", BOOK)["kind"])  # by rules alone


def test_odd_input():
    for gold in (None, LABELLED):
        codes, tools = coding.code_units(units(), BOOK, gold)
        assert codes.empty and tools.empty and list(codes.columns) == ["unit_id", "statement", "statement_score", "coder"]
        odd = pd.DataFrame({"unit_id": ["1", "2", "3", "4"], "text": ["", "hello world 42", None, "建设" * 5000]})
        codes, tools = coding.code_units(odd, BOOK, gold)  # no heading column, a missing text, 10,000 characters
        assert len(codes) == 4 and tools["evidence_end"].le(10_000).all()
    with pytest.raises(ValueError, match="no column 'text'"):
        coding.code_units(pd.DataFrame({"unit_id": ["1"]}), BOOK)
    with pytest.raises(ValueError, match="method 'guess' is unknown"):
        coding.code_units(units("x"), BOOK, method="guess")


def test_codes_do_not_depend_on_the_other_units():
    texts = ["新建道路5公里。", "给予企业奖励10万元。", "去年增长8%。"]
    together = coding.code_units(units(*texts), BOOK, LABELLED)[0]
    alone = [coding.code_units(units(t), BOOK, LABELLED)[0].iloc[0] for t in texts]
    assert [a["statement_score"] for a in alone] == together["statement_score"].tolist()


def test_read_labelled(tmp_path):
    (tmp_path / "train.csv").write_text("unit,text,statement,tools\n1,建设道路,measure,infrastructure\n", "utf-8")
    rows = coding.read_labelled(tmp_path, examples=tmp_path / "none.csv")
    assert rows.loc[0, ["unit", "heading", "set"]].tolist() == ["1", "", "train"]
    (tmp_path / "train.csv").write_text("unit,text,statement,tools\n1,建设道路,mesure,\n", "utf-8")
    with pytest.raises(ValueError, match=r"train\.csv: row 2: statement 'mesure' is unknown"):
        coding.read_labelled(tmp_path, examples=tmp_path / "none.csv")
    assert coding.read_labelled(tmp_path / "empty", examples=tmp_path / "none.csv").empty


def test_own_gold_alone_is_fitted_with_the_shipped_training_units(tmp_path):
    (tmp_path / "gold.csv").write_text("unit,text,statement,tools\n1,建设道路,measure,infrastructure\n", "utf-8")
    rows = coding.read_labelled(tmp_path)
    assert rows["set"].value_counts()["gold"] == 1 and {"train", "invented"} <= set(rows["set"])


def test_shipped_labels_are_sound():
    rows = coding.read_labelled()
    assert {"gold", "train", "invented"} <= set(rows["set"])
    used = rows["tools"].str.split(";").explode()
    assert set(used) - {""} <= set(BOOK.tools)
    silent = rows["statement"].isin(BOOK.without_tools)
    assert (rows.loc[silent, "tools"] == "").all()
    assert rows["tools"].str.split(";").str.len().max() <= BOOK.max_tools


def test_labelled_units_need_names_of_their_own(tmp_path):
    rows = "unit,text,statement,tools\nu1,建设园区。,measure,infrastructure\nu1,修路。,measure,infrastructure\n"
    (tmp_path / "gold.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(ValueError, match="'u1' stands 2 times"):
        coding.read_labelled(tmp_path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("empty", [[np.nan, np.nan], [None, None], ["", pd.NA], pd.Categorical([None, "一、目标"])])
def test_a_column_of_headings_may_be_empty_in_any_way(empty):
    frame = pd.DataFrame({"unit_id": ["a", "b"], "text": ["县财政对新引进企业给予一次性奖励80万元。", "别的句子。"]})
    frame["heading_path"] = empty
    codes, tools = coding.code_units(frame, BOOK, None)
    assert codes["unit_id"].tolist() == ["a", "b"] and ("a", "funding") in set(zip(tools["unit_id"], tools["tool"], strict=True))
    assert coding.code_units(frame.drop(columns="heading_path"), BOOK, None)[0].at[0, "statement"] == codes.at[0, "statement"]


def test_codes_of_units_are_joined_where_no_unit_has_any():
    """A corpus in which no sentence names a stage of the value chain ended in 03."""
    index, none = pd.Index(["a", "b"]), pd.Series([], dtype=object)
    for ids, values, wanted in [
        (none, [], ["", ""]),
        (pd.Series(["z"]), ["x"], ["", ""]),
        (pd.Series(["b", "b"]), ["x", "y"], ["", "x;y"]),
    ]:
        assert listing._joined(index, ids, np.array(values, dtype=object)).tolist() == wanted
