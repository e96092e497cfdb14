"""Progress is told where somebody looks, and a log gets no line a tick."""

import json

from helpers import notices


def test_counts_go_to_the_file_now_and_then(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(notices.CHANNEL, str(tmp_path / "notices"))
    with notices.counting("documents", 1000) as count:
        for _ in range(1000):
            count.add()
    notices.say("a worker was lost")
    told = notices.Reader(tmp_path / "notices").new()
    counts = [notice for notice in told if "done" in notice]
    assert counts[-1]["done"] == counts[-1]["of"] == 1000 and len(counts) < 20
    assert told[-1] == {"say": "a worker was lost"}
    assert capsys.readouterr() == ("", "")


def test_a_log_gets_sentences_and_no_ticks(monkeypatch, capsys):
    monkeypatch.delenv(notices.CHANNEL, raising=False)
    with notices.counting("documents", 100) as count:
        for _ in range(100):
            count.add()
    notices.say("a worker was lost")
    assert capsys.readouterr() == ("", "a worker was lost\n")


def test_a_half_written_line_waits(tmp_path):
    path = tmp_path / "notices"
    reader = notices.Reader(path)
    assert reader.new() == []
    path.write_text(json.dumps({"say": "one"}) + '\n{"say": "tw', encoding="utf-8")
    assert reader.new() == [{"say": "one"}]
    with open(path, "a", encoding="utf-8") as file:
        file.write('o"}\n')
    assert reader.new() == [{"say": "two"}]


def test_a_count_in_words():
    assert notices.told({"what": "units", "done": 1200, "of": 3600, "seconds": 10}) == "units 1,200 of 3,600, 120/s, 0:20 left"
    assert notices.told({"what": "units", "done": 0, "of": 3600, "seconds": 0}) == "units 0 of 3,600"
