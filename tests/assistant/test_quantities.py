"""The grammar of credits, levels, money, years, hours and weeks."""

from decimal import Decimal

import pytest

from assistant.quantities import (
    age_said,
    credits_said,
    hours_a_week,
    levels_said,
    money_said,
    target_system,
    weeks_available,
    years_said,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 ECTS in UK credits?", [("30", "ECTS")]),
        ("7.5 ects", [("15/2", "ECTS")]),
        ("SQA HNC 96 pts", [("96", "SCQF")]),
        ("SQA HNC 96 pts vs 120", [("96", "SCQF"), ("120", None)]),
        ("10 credits, then maybe 30", [("10", None), ("30", None)]),
        ("60, 60 and 30 at L5", [("60", None), ("60", None), ("30", None)]),
        ("60 credits and 2023", [("60", None)]),
        ("20 credits and 3 evenings", [("20", None)]),
        ("how many ects is 20 scqf points", [("20", "SCQF")]),
        ("my 12 US credits", [("12", "US_SEMESTER")]),
        ("9 US quarter credits", [("9", "US_QUARTER")]),
        ("sixty credits at level 4", [("60", None)]),
        ("1,200 credits", [("1200", None)]),
        ("two 15-credit modules", [("15", None)]),
        ("an SCQF 7 course", []),
        ("level 4", []),
        ("20 CPD points", []),
        ("£400", []),
        ("10 weeks", []),
    ],
)
def test_amounts_of_credit(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(str(said.points), said.system and said.system.value) for said in credits_said(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("level 4", [(4, None)]),
        ("mental health level two", [(2, None)]),
        ("HCA, L3, wants nursing", [(3, None)]),
        ("HCA, L3, SQA HNC 96 pts", [(3, None)]),
        ("an SQA HNC worth 96 SCQF points at level 7", [(7, "SCQF")]),
        ("is SCQF 7 the same as level 4", [(7, "SCQF"), (4, None)]),
        ("SCQF level 7", [(7, "SCQF")]),
        ("an SCQF 7 course", [(7, "SCQF")]),
        ("irish level 8", [(8, "NFQ")]),
        ("EQF 6", [(6, "EQF")]),
        ("level 30", []),
        ("96 SCQF points", []),
    ],
)
def test_levels(text: str, expected: list[tuple[int, str | None]]) -> None:
    assert [(said.number, said.framework and said.framework.value) for said in levels_said(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under £400", [("400", True)]),
        ("it costs £1,200", [("1200", False)]),
        ("1.5k quid", [("1500.0", False)]),
        ("actually my budget is 1200 now", [("1200", True)]),
        ("I've got £400", [("400", True)]),
        ("my limit is £600", [("600", True)]),
        ("the most I can spend is £250", [("250", True)]),
        ("£300 max", [("300", True)]),
        ("I earn £24,500", [("24500", False)]),
        ("30 credits", []),
    ],
)
def test_money(text: str, expected: list[tuple[str, bool]]) -> None:
    assert [(str(said.pounds), said.limit) for said in money_said(text)] == expected


def test_the_system_to_turn_into_is_what_comes_after_in_or_to() -> None:
    assert target_system("30 ECTS in UK credits?") == "CATS"
    assert target_system("convert 45 CATS to ECTS") == "ECTS"
    assert target_system("60 credits at SCQF level 7") is None


def test_years_ages_hours_and_weeks() -> None:
    assert [year for year, _ in years_said("60 credits from 2012 and £2012")] == [2012]
    assert hours_a_week("I have 5 hours a week") == Decimal(5)
    assert weeks_available("I need it in 6 months") == 26
    assert weeks_available("6 months ago") is None
    assert age_said("I'm 61 and want a loan") == 61
    assert age_said("my gran 64 wants to study") == 64
    assert age_said("I'm 30 credits short") is None
