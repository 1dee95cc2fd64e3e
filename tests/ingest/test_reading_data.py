"""Bad data: every problem is reported at once, with file, line, record, field, what was found and what was expected."""

import datetime
from pathlib import Path

import pytest

from corpus.catalogue import SHIPPED
from ingest.problems import Problem
from ingest.run import prepare

TODAY = datetime.date(2026, 11, 23)

GOOD_COURSE = """
[[course]]
id = "example-course"
title = "Example course"
provider = "Example College"
kind = "short_course"
subject = "testing"
summary = "It has ten words in a row that stand in the summary."
nation = "England"
url = "https://example.org/course"
confidence = "high"
"""


def problems_in(folder: Path, **files: str) -> tuple[Problem, ...]:
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
    return prepare((folder,), TODAY).problems


def test_the_shipped_catalogue_has_no_problem() -> None:
    assert [str(problem) for problem in prepare((SHIPPED,), TODAY).problems] == []


def test_every_problem_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    found = problems_in(
        tmp_path,
        a__toml=GOOD_COURSE + 'level = "four"\ncolour = "red"\n',
        b__toml=GOOD_COURSE.replace("example-course", "other") + "credits = 30\n",
    )
    assert {(problem.where.file.split("/")[-1], problem.record, problem.field) for problem in found} == {
        ("a.toml", "example-course", "level"),
        ("a.toml", "example-course", "colour"),
        ("b.toml", "other", "credit_system"),
    }


def test_a_problem_names_its_line_what_was_found_and_what_was_expected(tmp_path: Path) -> None:
    (problem,) = problems_in(tmp_path, a__toml=GOOD_COURSE + 'level = "four"\nlevel_framework = "RQF"\n')
    assert problem.where.line == 12
    assert problem.found == "'four'"
    assert "integer" in problem.expected


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('url = "ftp://example.org"', "url"),
        ('title = ""', "title"),
        ("price_gbp = -1", "price_gbp"),
        ("credits = true\ncredit_system = 'CATS'", "credits"),
        ('seen = "last year"', "seen"),
        ('seen = "2031"', "seen"),
        ('level = 9\nlevel_framework = "RQF"', "level"),
        ("price_gbp = 200", "price_gbp"),
        ('recognition = "It has ten words in a row that stand in the summary too."', "recognition"),
        ('stacks_into = [{ award = "X", award_id = "nowhere", strength = "published" }]', "stacks_into"),
        ('stacks_into = [{ award = "X", strength = "certainly" }]', "stacks_into.0.strength"),
        ('prerequisites = ["example-course"]', "prerequisites"),
        ('credit_bearing = false\ncredits = 10\ncredit_system = "CATS"', "credit_bearing"),
    ],
)
def test_a_value_that_cannot_be_right_is_a_problem(tmp_path: Path, line: str, field: str) -> None:
    name = line.split(" ")[0]
    base = "\n".join(kept for kept in GOOD_COURSE.splitlines() if not kept.startswith(f"{name} ="))
    assert field in {problem.field for problem in problems_in(tmp_path, a__toml=f"{base}\n{line}\n")}


def test_the_same_id_twice_names_both_places(tmp_path: Path) -> None:
    (problem,) = problems_in(tmp_path, a__toml=GOOD_COURSE, b__toml=GOOD_COURSE)
    assert problem.field == "id"
    assert "a.toml:2" in problem.found


@pytest.mark.parametrize(
    ("change", "field"),
    [(("example-course", "twin"), "title"), (('"Example College"', '"The Example college"'), "provider")],
)
def test_records_that_double_each_other_are_a_problem(tmp_path: Path, change: tuple[str, str], field: str) -> None:
    other = GOOD_COURSE.replace("example-course", "other-course").replace(*change)
    other = other if field == "title" else other.replace("Example course", "Another course")
    first = GOOD_COURSE.replace("example-course", "first-course")
    (problem,) = problems_in(tmp_path, a__toml=first, b__toml=other)
    assert problem.field == field


def test_a_rule_must_have_the_fields_its_kind_needs_and_no_others(tmp_path: Path) -> None:
    award = """
[[award]]
id = "example-award"
title = "Example award"
provider = "Example College"
url = "https://example.org"
confidence = "high"
total_credits = 60
credit_system = "CATS"
[[award.rules]]
kind = "residency"
years = 3
note = "A rule with the wrong fields."
url = "https://example.org"
confidence = "high"
"""
    assert {problem.field for problem in problems_in(tmp_path, a__toml=award)} == {"rules.0.credits", "rules.0.years"}


def test_files_that_are_not_what_they_claim_are_problems_not_crashes(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    found = problems_in(tmp_path, broken__toml="[[course]\nid=", lines__jsonl='{"id": 1}\nnot json\n')
    assert {problem.where.file.split("/")[-1] for problem in found} == {"binary.toml", "broken.toml", "lines.jsonl"}


def test_a_course_may_come_as_a_line_of_json_with_nulls(tmp_path: Path) -> None:
    line = (
        '{"id": "j1", "title": "T", "provider": "P", "kind": "mooc", "subject": "s", "summary": "S.", "nation": "UK", '
        '"url": "https://example.org", "confidence": "low", "price_gbp": null, "credits": 7.5, "credit_system": "ECTS"}'
    )
    (tmp_path / "feed.jsonl").write_text(line, encoding="utf-8")
    prepared = prepare((tmp_path,), TODAY)
    assert prepared.problems == ()
    (course,) = prepared.snapshot.courses
    assert (str(course.credits), course.price_gbp) == ("7.5", None)


def test_a_card_past_its_review_date_is_a_problem(tmp_path: Path) -> None:
    card = """
[[card]]
id = "old-card"
title = "Old"
topic = "funding"
jurisdiction = ["England"]
text = "Something that was true."
asks = ["one", "two", "three"]
sources = ["https://example.org"]
as_of = "2020"
review_by = 2026-01-01
confidence = "high"
stability = "dated"
"""
    (problem,) = problems_in(tmp_path, a__toml=card)
    assert problem.field == "review_by"
