"""Text files as people save them: pages and Markdown with the name .txt, texts in one line, protected copies, no documents."""

# ruff: noqa: E501
import random
import re

import pytest

from helpers import corpus, repair, structure
from helpers.corpus.no_document import no_document
from helpers.corpus.sniff import kind_of
from helpers.language.reasons import said

TITLE = "平江县人民政府关于促进制造业发展的若干意见"
LINES = [
    "平政发〔2020〕7号",
    "各乡镇人民政府，县直各单位：",
    "为加快全县制造业发展，结合我县实际，现提出如下意见。",
    "一、支持技术改造",
    "（一）设立专项资金。县财政每年安排500万元，对技改项目给予补助。",
    "（二）鼓励企业上市。对上市企业给予100万元奖励，简化审批手续。",
    "二、加强要素保障",
    "保障重点项目用地，完善园区水电路网，降低企业用能成本。",
    "三、强化组织领导",
    "成立领导小组，定期研究解决问题，把任务完成情况纳入考核。",
    "平江县人民政府",
    "2020年5月6日",
]
HTML = "".join(f'<p style="text-align: justify;line-height:2">{line}</p>\n' for line in LINES)
SENTENCES = [line.partition("。")[2] or line for line in LINES if line.endswith("。")]
FILES = {
    "plain.txt": "\n".join([TITLE, *LINES]),
    "page.txt": f"<!DOCTYPE html>\n<html><head><title>{TITLE}_平江县政府网</title></head><body><h1>{TITLE}</h1>\n{HTML}</body></html>",
    "piece.txt": f"<h1>{TITLE}</h1>\n{HTML}",
    "loose.txt": "\n".join([f"<strong>{TITLE}</strong>", *(f"<span>{line}</span>" for line in LINES)]),
    "marked.txt": "\n\n".join([f"# {TITLE}", *(f"## **{x}**" if x[1:2] == "、" else x for x in LINES)]),
    "marked.md": "\n\n".join(
        [f"---\ntitle: {TITLE}\n---\n# {TITLE}", *(f"## {x}" if x[1:2] == "、" else x.replace("技改", "**技改**") for x in LINES)]
    ),
    "spaced.txt": " ".join([TITLE, *LINES])
    + " "
    + "  ".join(f"{n}、第{n}类企业按规定享受优惠政策，由主管部门审核后兑现。" for n in range(1, 9)),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    raw = tmp_path_factory.mktemp("texts")
    for k, (name, text) in enumerate(FILES.items()):
        (raw / name).write_text(text + f"\n本意见由第{k}科室负责解释。", encoding="utf-8")  # no two are the same document
    return corpus.build(raw, n_jobs=1)


@pytest.mark.parametrize("name", FILES)
def test_every_way_to_save_a_text_gives_the_same_document(built, name):
    document = built.documents.set_index("source_file").loc[name]
    assert (document["county"], document["year"], document["doc_number"]) == ("平江县", 2020, "平政发〔2020〕7号")
    assert document["title"] == TITLE and str(document["issued_date"]).startswith("2020-05-06")
    units = built.units[built.units["doc_id"] == document["doc_id"]]
    assert not [s for s in SENTENCES if s not in list(units["text"])]
    under = units[units["text"] == "保障重点项目用地，完善园区水电路网，降低企业用能成本。"]["heading_path"].iloc[0]
    assert under == "二、加强要素保障"
    assert not [u for u in units["text"] if "justify" in u or "**" in u or "<" in u or "#" in u]


def test_nothing_was_set_aside(built):
    assert built.quarantine.empty


@pytest.mark.parametrize(
    "text",
    [
        "由镇负责<乡>、<街道>、<社区>、<村>、<组>、<户>落实。\n" * 3,
        "#1机组和#2机组停机。\n* 注：统计口径见附表。\n2*3*4=24，a*b*c。",
        "[附件](一)、[附件](二)另发。",
    ],
)
def test_plain_text_stays_plain(text):
    assert kind_of(text) == "text"


ONE_LINE = "".join([TITLE, LINES[0], LINES[1], LINES[2], *(
    f"{n}、{head}（一）{a}。（二）{b}。" for n, head, a, b in [
        ("一", "技术改造", "县财政每年安排500万元" + "，支持企业更新设备" * 6, "对技改项目给予补助" + "，鼓励数字化转型" * 6),
        ("二", "要素保障", "保障重点项目用地" + "，完善园区路网" * 8, "降低企业用能成本" + "，推行直供电交易" * 8),
        ("三", "组织领导", "成立领导小组" + "，定期研究解决问题" * 6, "纳入年度考核" + "，按季通报进度" * 6),
    ])])  # fmt: skip


def test_a_text_in_one_line_gets_its_structure_back():
    done = repair.repair(ONE_LINE)
    lines = done.text.split("\n")
    assert [line for line in lines if line.startswith(("一、", "二、", "三、"))] == [
        "一、技术改造",
        "二、要素保障",
        "三、组织领导",
    ]
    assert LINES[0] in lines and LINES[1] in lines and TITLE in lines
    assert done.text.replace("\n", "") == ONE_LINE and {r.rule for r in done.repairs} == {"line breaks"}
    found = structure.metadata(done.text)
    assert (found["title"], found["doc_number"], found["county"]) == (TITLE, LINES[0], "平江县")


def test_a_text_in_one_line_without_marks_is_flagged():
    text = "推进园区建设，完善基础设施，支持企业发展。" * 30
    done = repair.repair(text)
    assert done.text == text and [(r.rule, r.certainty) for r in done.repairs] == [("line breaks", "flagged")]


@pytest.mark.parametrize("kind", ["same", "code", "digits", "site"])
def test_copy_protection_goes(kind):
    rng = random.Random(7)
    token = {
        "same": lambda: "kX9fQ", "site": lambda: "平江政务网",
        "code": lambda: "".join(rng.choices("abcdefghjkmnpqrstuvwxyzABCDEFGH23456789", k=5)) + "x",
        "digits": lambda: str(rng.randrange(10**6, 10**7)),
    }[kind]  # fmt: skip
    lines = [line for line in LINES[2:10] if line.endswith("。")]
    done = repair.repair("\n".join(f"{line}{token()}" for line in lines))
    assert done.text == "\n".join(lines)
    assert {(r.rule, r.certainty) for r in done.repairs} == {("copy protection", "inferred")}


def test_words_behind_a_stop_are_no_protection():
    for tail in ("县发改局牵头", "5G", "详见附表"):
        text = "\n".join(f"{line}{tail if k % 2 else ''}" for k, line in enumerate(LINES[2:10]))
        assert repair.repair(text).text == text
    text = "\n".join(f"{line}县工信局负责" for line in LINES[2:10] if line.endswith("。"))
    assert repair.repair(text).text == text


NONE = {
    "404.html": "<html><body><h1>404 Not Found</h1><p>您访问的页面不存在，请返回首页。</p></body></html>",
    "gone.txt": "平江县人民政府门户网站\n很抱歉，您要访问的页面已被删除或暂时不可用。\n返回首页",
    "gateway.html": "<html><body><h1>502 Bad Gateway</h1>网站维护中，请稍后再试。</body></html>",
    "captcha.html": "<html><body><div>安全验证</div><div>请完成下方验证后继续访问，拖动滑块完成拼图。</div></body></html>",
    "waf.txt": "您的请求疑似攻击行为，已被网站防火墙拦截。如有疑问请联系管理员。",
    "script.html": "<html><body><noscript></noscript><p>请开启JavaScript并刷新该页。</p></body></html>",
    "login.html": "<html><body><p>用户名</p><p>密码</p><p>请先登录后查看。忘记密码</p></body></html>",
    "list.html": "<html><body><ul>" + "".join(
        f"<li><a href='/{k}.html'>平江县人民政府关于第{k}项工作的通知</a><span>2020-0{k}-1{k}</span></li>" for k in range(1, 10)) + "</ul></body></html>",
    "list.txt": "\n".join(f"·平江县工业发展第{k}号方案印发 [2021-03-{10 + k}]" for k in range(12)),
    "links.html": "<html><body>" + "".join(f"<p><a href='/{k}'>关于公布第{k}批名单的公示</a></p>" for k in range(12)) + "</body></html>",
    "labels.html": "<html><head><title>平江县</title></head><body><p>索引号：1</p><p>发布机构：平江县政府办</p><p>名称：茶业意见</p></body></html>",
    "title.html": "<html><head><title>平江县茶业意见_平江县</title></head><body><h1>平江县关于茶业的意见</h1><p>发布时间：2020-01-01</p></body></html>",
    "loading.html": "<html><head><title>平江县人民政府关于发展的意见</title></head><body><div>平江县人民政府关于发展的意见</div><div>内容加载中...</div></body></html>",
    "attached.html": "<html><body><h1>平江县人民政府关于发展的意见</h1><p>附件：平政发2020-7号.pdf</p><p>点击下载</p></body></html>",
}  # fmt: skip


def test_pages_that_are_no_document_are_set_aside_with_that_reason(tmp_path):
    for name, text in NONE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    reasons = corpus.build(tmp_path, n_jobs=1).quarantine.set_index("source_file")["reason"]
    assert not [name for name in NONE if name not in reasons.index]
    assert not {n: r for n, r in reasons.items() if not r.startswith("no document but")}


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}\n{LINES[0]}\n各单位：\n网站不得要求用户填写验证码，不得出现404错误页面。请遵照执行。",
        "平江县网站管理办法\n第一条 为加强网站管理，制定本办法。\n第二条 页面不存在的，应当在三日内修复，防火墙应当开启。",
        "平江县2020年项目清单\n" + "\n".join(f"{k}.新建标准厂房{k}栋，2020年{k}月开工。" for k in range(1, 12)),
        "平江县工业办法\n第一条 对上市企业给予奖励。\n附件：申请表.doc",
    ],
)  # fmt: skip
def test_documents_about_such_things_stay(tmp_path, text):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert corpus.build(tmp_path, n_jobs=1).quarantine.empty


def test_years_as_a_manifest_writes_them(tmp_path):
    years = {
        "2018": 2018,
        "2018.0": 2018,
        "2018年": 2018,
        "２０１８": 2018,
        "二〇一八": 2018,
        "二○一八年": 2018,
        "2018年度": 2018,
        "18": 2020,
    }
    rows = [f"{k}.txt,铁西区,沈阳市,辽宁,{year}" for k, year in enumerate(years)]
    (tmp_path / "corpus.csv").write_text("\n".join(["path,county,city,province,year", *rows]), encoding="utf-8")
    for k in range(len(years)):
        (tmp_path / f"{k}.txt").write_text(f"{FILES['plain.txt']}\n本意见由第{k}科室解释。", encoding="utf-8")
    documents = corpus.build(tmp_path, n_jobs=1).documents.sort_values("source_file")
    assert documents["year"].tolist() == list(years.values())
    assert set(documents["county_code"]) == {"210106"} and set(documents["province"]) == {"辽宁省"}
    assert [("18 is not a year" in str(flags)) for flags in documents["flags"]] == [False] * 7 + [True]


def test_character_references_of_a_page_come_back():
    text = "平江县工业办法&nbsp;\n建设&ldquo;一县一业&rdquo;，增长5&mdash;8%&#65292;R&amp;D&nbsp;投入翻番。A&B公司，&nbsp。"
    done = repair.repair(text)
    assert done.text == "平江县工业办法\n建设“一县一业”，增长5—8%，R&D 投入翻番。A&B公司，&nbsp。"
    assert "entity" in {part for r in done.repairs for part in r.rule.split("+")}


def test_what_a_page_is_instead_of_a_document_is_said_in_chinese_too():
    found = [
        no_document(text.split("\n"), 0)
        for text in ("404 Not Found", "请输入验证码", "用户名\n密码", "正在加载", "附件：a.pdf", "名称：办法")
    ]
    found += [no_document([f"关于第{k}批名单的公示 2020-01-0{k}" for k in range(9)], 9)]
    chinese = [said(reason, "zh").replace("404 Not Found", "") for reason in found]
    assert all(chinese) and not [text for text in chinese if re.search("[a-z]", text)]
