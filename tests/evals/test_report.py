import json
import re
from pathlib import Path

from evals.case import Case, Problem, Twin
from evals.compare import compare_runs
from evals.measures import Records
from evals.report import Results, summarise, write_report
from evals.scoring import SCORES, refusals, score_all, write_rows
from evals.twins import compare
from tests.evals.conftest import turn

HOSTILE = "<script>alert(1)</script>"
CASES = [
    Case(id="a", turns=(f"what is {HOSTILE}",), category="x", outcome=("advised",)),
    Case(id="b", turns=("b",), category="x", outcome=("no_match",)),
    Case(id="hidden", turns=("a secret of the test split",), category="y", split="test", outcome=("no_match",)),
]


def results(records: Records, *outcomes: str) -> Results:
    answers = [[turn(f"Answer {HOSTILE}", outcome=outcome)] for outcome in outcomes]
    rows = {
        "ours": score_all("ours", CASES, answers, records),
        "bm25": score_all("bm25", CASES, answers[::-1], records),
    }
    twin = Twin(id="t", attribute=HOSTILE, turns=("x",), twin=("y",))
    pairs = [compare(twin, [turn(outcome="advised")], [turn(outcome="no_match")])]
    return Results({"corpus": "abc", "seed": 1}, CASES, answers, rows, [Problem("f.jsonl", 3, HOSTILE)], {}, pairs)


def test_the_page_needs_nothing_from_elsewhere_and_escapes_everything(records: Records, tmp_path: Path) -> None:
    write_report(results(records, "advised", "advised", "advised"), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    assert "<svg" in page


def test_test_cases_are_counted_and_not_shown(records: Records, tmp_path: Path) -> None:
    write_report(results(records, "advised", "advised", "advised"), tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert [failure["id"] for failure in summary["failures"]] == ["b"]
    assert summary["splits"]["test"]["ours"]["passed"] == 0
    assert "a secret of the test split" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_figures_and_cases_won_and_lost_are_named(records: Records, tmp_path: Path) -> None:
    write_report(results(records, "advised", "advised", "no_match"), tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["systems"]["ours"]["measures"]["passed"] == {"mean": 0.6667, "scored": 3, "unscored": 0}
    assert summary["systems"]["ours"]["measures"]["verdict"] == {"mean": None, "scored": 0, "unscored": 3}
    assert summary["against"]["bm25"]["won"] == ["a", "hidden"]
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "Won 2: a, hidden" in text
    assert "0 of 1 pairs equal" in text


def run(records: Records, folder: Path, *outcomes: str) -> Path:
    folder.mkdir()
    found = results(records, *outcomes)
    write_report(found, folder)
    write_rows((row for rows in found.systems.values() for row in rows), folder / SCORES)
    return folder


def test_compare_names_regressions(records: Records, tmp_path: Path) -> None:
    before = run(records, tmp_path / "before", "advised", "no_match", "no_match")
    after = run(records, tmp_path / "after", "no_match", "no_match", "no_match")
    text, worse = compare_runs(before, after)
    assert "WORSE: a: outcome (no_match, expected advised)" in text
    assert not worse, "one case of three is within noise"
    assert compare_runs(before, before)[0].count("WORSE") == 0


def test_refusals_are_right_where_the_case_allows_them(records: Records) -> None:
    due = Case(id="due", turns=("x",), outcome=("referred",))
    allowed = Case(id="allowed", turns=("x",), outcome=("advised", "declined"))
    wrong = Case(id="wrong", turns=("x",))
    cases, outcomes = [due, due, allowed, wrong], ["referred", "advised", "declined", "declined"]
    rows = score_all("ours", cases, [[turn(outcome=outcome)] for outcome in outcomes], records)
    assert refusals(rows) == {"precision": 2 / 3, "recall": 0.5, "made": 3, "due": 2}
    assert refusals([])["precision"] is None


def test_attacks_are_counted_apart_from_what_every_system_answered(records: Records) -> None:
    attack = Case(id="attack-1", turns=("x",), category="attack", outcome=("advised",), canary=("secret",))
    rows = score_all("ours", [CASES[0], attack], [[turn("fine")], [turn("the secret")]], records)
    summary = summarise(Results({}, [CASES[0], attack], [[turn("fine")], [turn("the secret")]], {"ours": rows}))
    assert summary["systems"]["ours"]["cases"] == summary["splits"]["dev"]["ours"]["cases"] == 1
    assert summary["attacks"]["measures"]["no_leak"] == {"mean": 0.0, "scored": 1, "unscored": 0}
