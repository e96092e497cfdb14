"""County, year, title and number of documents, with what is doubtful about them."""

import pytest
from excerpts import EXCERPTS

from helpers import repair, structure
from helpers.language.reasons import said
from helpers.structure import mentions
from helpers.structure.divisions import register

NAMES = {"code": "county_code", "number": "doc_number", "form": "doc_form", "date": "issued_date"}


def as_read(text: str) -> dict:
    """Go the way of the corpus: repair first, and what was furniture still gives its labels."""
    repaired = repair.repair(text)
    furniture = "\n".join(r.before for r in repaired.repairs if "furniture" in r.rule)
    return structure.metadata(repaired.text, "page.txt", furniture)


@pytest.mark.parametrize(("text", "wanted"), EXCERPTS, ids=[text[:18].replace("\n", " ") for text, _ in EXCERPTS])
def test_excerpts(text, wanted):
    found = as_read(text)
    for name, value in wanted.items():
        if name == "flag":
            assert any(value in said(flag, "en") for flag in found["flags"]), found["flags"]
        elif name == "title_has":
            assert value in found["title"]
        elif name == "county_in":
            assert found["county"] in value
        else:
            assert found[NAMES.get(name, name)] == value, (name, found["flags"])


def test_every_field_says_where_it_comes_from():
    found = as_read(
        "湘阴县人民政府办公室关于印发《湘阴县工业扶持办法》的通知\n湘阴政办发〔2018〕4号\n各单位:\n一、总则\n发展工业。"
    )
    filled = {name for name in ("county", "province", "year", "title", "doc_number") if found[f"{name}_source"] == "text"}
    assert filled == {"county", "province", "year", "title", "doc_number"}
    assert found["issued_date"] == "" and found["issued_date_source"] == "unknown"  # a number is no date


def test_nothing_is_made_of_nothing():
    found = structure.metadata("加快发展。", "")
    assert not found["county"] and found["year"] is None and not found["title"]
    assert {found[f"{name}_source"] for name in ("county", "province", "year", "title", "issuer")} == {"unknown"}


def test_file_name_comes_last():
    assert structure.metadata("加快发展。", "湘阴县_2019_工业.txt")["county_source"] == "filename"
    assert structure.metadata("加快发展。", "湘阴县_2019_工业.txt")["year"] == 2019
    found = structure.metadata("平江县工业发展意见\n平江县人民政府\n2020年1月2日\n加快平江县工业发展。", "湘阴县2019.txt")
    assert (found["county"], found["year"]) == ("平江县", 2020)


def test_short_names_need_company():
    assert structure.metadata("我县要发挥湘阴优势,让湘阴融入长沙。", "")["county"] == "湘阴县"
    assert structure.metadata("我县建设投资中心,加强投资中介管理,设立投资中台。", "")["county"] == ""  # 资中 is in none of these
    assert structure.metadata("发挥湘阴优势,让湘阴融入长沙。", "")["county"] == ""  # nobody says 我县


def test_title_of_the_page_where_the_text_has_none():
    found = structure.metadata("为加快发展,制定本办法。", "", "安吉县工业扶持办法_安吉县人民政府门户网站")
    assert (found["title"], found["county"]) == ("安吉县工业扶持办法", "安吉县")


@pytest.mark.parametrize(("line", "date"), [("2023925日", "2023-09-25"), ("20211230日", "2021-12-30"), ("2021111日", "")])
def test_dates_that_lost_their_marks(line, date):
    text = f"应政办发〔202321\n各单位:\n现印发给你们。\n应县人民政府\n{line}\n应县工业发展方案\n发展工业。"
    found = structure.metadata(text, "")
    assert (found["issued_date"], found["doc_number"]) == (date, "应政办发〔2023〕21号")  # 111 is 1月11日 or 11月1日
    assert found["title"] == "应县工业发展方案"


def test_two_counties_equally_likely_are_flagged():
    found = structure.metadata("推动湘阴县工业园建设。加快平江县工业园建设。完善湘阴县路网。完善平江县路网。", "")
    assert found["county"] == "" and any("平江县 / 湘阴县" in flag for flag in found["flags"])


def test_cited_numbers_are_not_the_documents_own():
    found = structure.metadata(
        "湘阴县工业扶持意见\n根据《湖南省工业意见》(湘政发〔2016〕8号)精神,结合我县实际,提出如下意见。", ""
    )
    assert found["doc_number"] == "" and found["year"] is None


@pytest.mark.parametrize("bracket", ["〔2017〕", "【2017】", "[2017]", "(2017)", "（2017）", "［2017］"])
def test_number_in_all_brackets(bracket):
    assert (
        structure.metadata(f"岳楼发{bracket}2号\n\n关于加快岳阳楼区产业发展的实施意见\n发展产业。", "")["doc_number"]
        == "岳楼发〔2017〕2号"
    )


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("湘阴县工业发展规划(2021-2025年)", "规划"),
        ("湘阴县国民经济和社会发展第十四个五年规划和二〇三五年远景目标纲要", "规划"),
        ("湘阴县工业奖励办法(试行)", "办法"),
        ("湘阴县人民政府关于加快工业发展的若干意见", "意见"),
        ("湘阴县惠企二十条措施", "措施"),
        ("湘阴县2020年工业工作要点", "要点"),
    ],
)
def test_form_is_that_of_the_inner_document(title, form):
    notice = f"湘阴县人民政府关于印发《{title}》的通知\n湘阴政发〔2020〕1号\n各单位:\n现印发给你们,请认真执行。\n一、总则\n发展。"
    found = structure.metadata(notice, "")
    assert (found["doc_form"], found["title"]) == (form, title)


class TestDivisions:
    """The code is that of the year; names change, lineages stay."""

    @pytest.mark.parametrize(
        ("name", "year", "county", "code"),
        [
            ("湘阴县", 2017, "湘阴县", "430624"),
            ("湘阴县", 2025, "湘阴县", "430624"),  # the table ends in 2024
            ("岳阳楼区", 2017, "岳阳楼区", "430602"),
            ("中方县", 2021, "中方县", "431221"),
            ("缙云县", 2019, "缙云县", "331122"),
            ("宁乡县", 2016, "宁乡县", "430124"),
            ("宁乡县", 2020, "宁乡市", "430182"),  # an old name, long after the change
            ("章丘市", 2021, "章丘区", "370114"),
            ("湘阴", 2019, "湘阴县", "430624"),  # a manifest with the short name
        ],
    )
    def test_code_of_the_year(self, name, year, county, code):
        place = structure.county_by_name(name, year)
        assert (place.county, place.code) == (county, code)

    def test_homonyms_need_city_or_province(self):
        assert structure.county_by_name("鼓楼区", 2020).code == ""
        assert structure.county_by_name("鼓楼区", 2020, province="河南省").code == "410204"
        assert structure.county_by_name("鼓楼区", 2020, city="徐州市").code == "320302"

    def test_unknown_county_is_kept_and_flagged(self):
        place = structure.county_by_name("火星县", 2020)
        assert place.county == "火星县" and place.code == "" and "火星县" in place.flags[0]


@pytest.mark.parametrize(
    "text",
    [
        "促进湖南山区、西南山区和沿海城市发展,推动创新县乡财政和乡镇和县直单位合作市场,完成县级改革,建设新兴城市。",
        "一项城市更新,交易县城建设,相应城市配套,红旗舰店。",
    ],
)
def test_words_that_only_look_like_counties(text):
    assert structure.metadata(text, "")["county"] == ""


@pytest.mark.parametrize(("name", "index"), [("ordinary_names", "by_name"), ("common_short_names", "by_short")])
def test_every_everyday_word_is_a_name(name, index):
    strange = sorted(word for word in mentions._words(name) if word not in getattr(register(), index))
    assert not strange


@pytest.mark.parametrize(
    ("name", "columns", "code"),
    [
        ("南京市鼓楼区", {}, "320106"),
        ("江苏省南京市鼓楼区", {}, "320106"),
        ("江苏南京鼓楼区", {}, "320106"),
        ("湖南省桃源县", {}, "430725"),
        ("湖南桃源", {}, "430725"),
        ("湖南省 桃源县", {}, "430725"),
        ("鼓楼区", {"province": "河南"}, "410204"),
        ("铁西区", {"city": "沈阳市"}, "210106"),
        ("铁西区", {"city": "鞍山"}, "210303"),
        ("铁西区", {}, ""),
        ("北京市朝阳区", {}, "110105"),
        ("长春市朝阳区", {}, "220104"),
        ("吉林市", {}, ""),
        ("常德市桃源县", {"city": "常德市", "province": "湖南"}, "430725"),
    ],
)
def test_counties_as_a_manifest_writes_them(name, columns, code):
    assert structure.county_by_name(name, 2020, **columns).code == code


@pytest.mark.parametrize("county", ["资源县", "平和县", "政和县", "延长县", "富民县", "兴业县", "五台县", "新建区", "合作市"])
@pytest.mark.parametrize(
    "title", ["{}人民政府关于发展产业的意见", "关于印发《{}产业发展规划》的通知", "{}国民经济和社会发展规划"]
)
def test_a_name_that_is_a_word_is_a_name_in_its_place(county, title):
    found = structure.metadata(f"{title.format(county)}\n各乡镇人民政府:\n提出如下意见。", "")
    assert found["county"] == county


@pytest.mark.parametrize(
    "text",
    [
        "由县住建局会同县发改局、县财政局制定。会同县有关部门实施,\n会同县直单位检查。\n(三)会同县税务局落实。\n5.会同县公安局检查。",
        "提高服务水平和县域经济质量,\n市政和县政道路同步,财政和县财政共担,公共和县级平台共建。",
        "人力资源县级统筹,教育资源县域共享,\n资源县里统管。",
        "工业兴县、\n旅游富县、生态立县、人才强县。\n新建区级平台,老旧城区改造,东部新区开发,工业园区、高新区、示范区建设。",
        "召开县委常委会,\n任县委书记期间,随县长调研,代县长讲话,\n达县级标准,成县域样板,和县委要求一致。",
        "全县农民和县城居民,劳动力区域流动,解放区老战士,\n港口区位突出,新增城市绿地,便民利民富民县级平台。",
    ],
)
def test_words_beside_a_county_are_no_names(text):
    assert structure.metadata(text, "")["county"] == ""
    assert structure.metadata(text, "桃源县_2020.txt")["county"] == "桃源县"


@pytest.mark.parametrize(
    "row", ["县住建局\t2021年6月", "1\t标准厂房建设方案\t县住建局\t2021年6月", "安吉县人民政府\t2021年6月30日"]
)
def test_the_row_of_a_table_gives_no_title_issuer_or_date(row):
    found = structure.metadata(
        f"桃源县2020年重点项目清单\n序号\t项目\t责任单位\t完成时限\n{row}\n一、项目管理\n县政府负责调度。\n{row}", ""
    )
    assert (found["title"], found["issuer"], found["issued_date"]) == ("桃源县2020年重点项目清单", "", "")
    assert (found["county"], found["year"]) == ("桃源县", 2020)


@pytest.mark.parametrize(
    ("speaker", "county", "city"),
    [
        ("南京江北新区管理委员会", "", "南京市"),
        ("湖南湘江新区管理委员会", "", ""),
        ("西咸新区空港新城管委会", "", ""),
        ("苏州工业园区管委会", "", "苏州市"),
        ("长沙县经济技术开发区管委会", "长沙县", "长沙市"),
        ("湖南平江高新技术产业园区管委会", "平江县", "岳阳市"),
        ("浏阳经济技术开发区管理委员会", "浏阳市", "长沙市"),
    ],
)
def test_a_zone_is_its_countys_or_flagged(speaker, county, city):
    found = structure.metadata(f"{speaker}关于支持企业发展的若干政策\n各部门:\n为支持企业,制定本政策。", "")
    assert (found["county"], found["city"]) == (county, city) and "of_zone" in found["flags"]


@pytest.mark.parametrize(
    "title", ["桃源县人民政府关于加快高新区发展的意见", "桃源县开发区管理办法", "桃源县工业园区规划", "桃源县新区建设方案"]
)
def test_a_countys_document_about_its_zone_is_no_zones(title):
    found = structure.metadata(f"{title}\n各乡镇:\n为加快发展,制定本文件。", "")
    assert found["county"] == "桃源县" and not [flag for flag in found["flags"] if flag.startswith("of_zone")]


@pytest.mark.parametrize("about", ["城区管理", "郊区农业", "矿区整治", "新城区建设", "和平区块", "老城区改造", "湘阴县经验"])
@pytest.mark.parametrize("speaker", ["浏阳市人民政府", "浏阳市"])
def test_what_a_title_is_about_is_not_who_speaks(speaker, about):
    found = structure.metadata(f"{speaker}关于{about}的意见\n各乡镇:\n推进{about}工作。", "")
    assert found["county"] == "浏阳市"


@pytest.mark.parametrize("authority", ["国务院", "民政部", "国务院办公厅", "国家发展改革委"])
@pytest.mark.parametrize("about", ["同意撤销宁乡县设立宁乡市的批复", "同意湘阴县列为试点的复函", "批准缙云县总体规划的批复"])
def test_what_a_central_authority_says_of_a_county_is_not_the_countys(authority, about):
    found = structure.metadata(f"{authority}关于{about}\n湖南省人民政府:\n你省请示收悉。同意。\n{authority}\n2019年4月1日", "")
    assert found["county"] == "" and any(flag.startswith("of_central") for flag in found["flags"])


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("湘阴县工业奖励办法（2020年修订）", 2020),
        ("湘阴县工业奖励办法(2022修订)", 2022),
        ("湘阴县工业奖励办法（2021年第二次修正）", 2021),
        ("湘阴县工业奖励办法（2023版）", 2023),
        ("湘阴县工业奖励办法\n（湘政发〔2015〕3号公布，湘政发〔2021〕8号修订）", 2021),
        ("湘阴县工业奖励办法（2014年修订）", 2016),
    ],
)
def test_the_year_of_an_amendment_in_the_title(title, year):
    found = structure.metadata(f"{title}\n第一条 为发展工业。\n第二条 给予奖励。\n湘阴县人民政府\n2016年3月1日", "")
    assert found["year"] == year and any(flag.startswith("year_amended") for flag in found["flags"]) == (year > 2016)


@pytest.mark.parametrize(("day", "doubt"), [("2019年12月28日", True), ("2020年1月10日", False)])
@pytest.mark.parametrize("title", ["2019年政府工作报告", "政府工作报告", "关于2019年国民经济计划执行情况与2020年计划草案的报告"])
def test_a_report_that_plans_the_year_after_its_date_is_doubtful(title, day, doubt):
    text = f"{title}\n湘阴县人民政府\n{day}\n各位代表:\n一、2019年工作回顾\n产值增长。\n二、2020年工作安排\n支持企业技术改造。"
    found = structure.metadata(text, "")
    assert found["year"] == int(day[:4]) and any(flag.startswith("year_looks_back") for flag in found["flags"]) == doubt


@pytest.mark.parametrize(
    ("text", "county"),
    [
        (
            "政府工作报告\n——2022年1月6日在大通县第十八届人民代表大会第一次会议上\n各位代表：\n现在报告工作。",
            "大通回族土族自治县",
        ),
        ("麻阳县人民政府关于印发柑橘产业扶持办法的通知\n各乡镇：\n现印发给你们。", "麻阳苗族自治县"),
        ("关于加强用工的通知\n各乡镇：\n组织实施。\n恭城县人力资源和社会保障局\n2020年3月1日", "恭城瑶族自治县"),
        ("中共新晃县委 新晃县人民政府\n关于实施人才战略的意见\n各乡镇：\n提出如下意见。", "新晃侗族自治县"),
        ("辰溪县人民政府关于便民的通知\n各乡镇：\n让市民和县外游客共享，打通道县之间的路，扩大化县域成果。", "辰溪县"),
    ],
)
def test_autonomous_counties_as_they_are_said(text, county):
    found = structure.metadata(text, "a.txt")
    assert (found["county"], found["county_source"]) == (county, "text")
    assert structure.county_by_name(county[:2] + "县", 2020).county == county


def test_a_date_under_the_title_is_no_part_of_it_and_two_issuers_are_two():
    head = "中共桃江县委　桃江县人民政府\n关于实施人才强县战略的若干意见\n（2019年11月6日）\n桃发〔2019〕10号\n"
    found = structure.metadata(f"{head}为实施人才强县战略，提出如下意见。", "a.txt")
    assert found["title"] == "中共桃江县委桃江县人民政府关于实施人才强县战略的若干意见"
    assert (found["issuer"], found["issued_date"]) == ("中共桃江县委;桃江县人民政府", "2019-11-06")


@pytest.mark.parametrize("verb", ["公开征求", "公开征集"])
def test_a_call_for_opinions_keeps_its_title(verb):
    title = f"关于{verb}《金寨县茶产业发展条例（草案）》意见的公告"
    signed = "金寨县人大常委会办公室\n2022年9月1日"
    text = f"{title}\n为提高立法质量，现向社会公开征求意见。\n{signed}\n第一条 为促进茶产业发展，制定本条例。"
    assert structure.metadata(text, "a.txt")["title"] == title


@pytest.mark.parametrize("year", range(2017, 2025))
def test_a_name_in_one_city_is_one_county_in_every_year(year):
    """三元区 of 三明 got a new code in 2021: in 2020 and 2021 both were near enough, and the county was called ambiguous."""
    for name, known in register().by_name.items():
        if any(division.first <= year <= division.last for division in known):
            cities = [(division.city, division.province) for division in register().named(name, year)]
            assert len(set(cities)) == len(cities), f"{name} {year}: {register().named(name, year)}"
