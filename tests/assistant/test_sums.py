"""Sums that people ask for, worked out exactly and from the cards' own figures."""

import pytest

from assistant.profile import LearnerProfile
from assistant.shelf import Library
from assistant.sums import sums


@pytest.fixture(scope="module")
def library(adviser) -> Library:
    return adviser.shelf.current()


def texts(library: Library, message: str, profile: LearnerProfile | None = None) -> str:
    figures = {name: figure.value for name, figure in library.catalogue.figures().items()}
    reading = library.reader.read(message)
    return " ".join(found.text for found in sums(reading, profile or LearnerProfile(), library.table, figures))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("how many hours is a 40 credit module", ["400 hours"]),
        ("how many hours of work is 8 ECTS", ["200 to 240 hours", "160 hours"]),
        ("45 credits at 5 hours a week, how many weeks?", ["450 hours", "90 weeks"]),
        ("15 credits, I can do 2 evenings of 3 hours. how long", ["150 hours", "25 weeks"]),
        ("10 credits then maybe 30, at 5 hours a week. how long is each", ["20 weeks", "60 weeks"]),
        ("20 credits each, how many would I need for 60 credits?", ["60 credits are 3 courses"]),
        ("15 credits each, how many modules for 40 credits?", ["3 courses, which is 45 credits"]),
        ("SQA HNC 96 pts vs 120, how many points short and how many SQA units is that", ["96 is 24 credits short of 120", "3 SQA units"]),
        ("20 credits over 8 weeks, how many hours a week?", ["200 hours", "25 hours a week"]),
        ("I have 30 credits at level 4 and 45 credits at level 5. total?", ["75 UK credits (30 + 45)"]),
        ("I have 30 credits at level 4 and 45 credits at level 5. how much is level 5 or above?", ["45 UK credits"]),
        ("£300 for 10 credits or £400 for 10 ECTS, which is cheaper per credit?", ["£30 for each", "£20 for each", "second is cheaper"]),
    ],
)  # fmt: skip
def test_what_is_asked_is_worked_out(library: Library, message: str, expected: list[str]) -> None:
    said = texts(library, message)
    for part in expected:
        assert part in said


def test_hours_a_week_that_were_told_before_are_used(library: Library) -> None:
    profile = LearnerProfile().with_facts({"hours_per_week": 10}, "turn 1")
    assert "30 weeks" in texts(library, "how long does a 30 credit module take", profile)


@pytest.mark.parametrize(
    "message", ["Is a 30-credit module enough for the LLE?", "what is a credit", "find me a 20 credit module"]
)
def test_nothing_is_worked_out_that_was_not_asked(library: Library, message: str) -> None:
    assert texts(library, message) == ""
