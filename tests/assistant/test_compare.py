"""Courses side by side: every field as its page states it, and "they differ" only where two pages say so."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.compare import ABSENT, MOST_COMPARED, NOT_STATED, Field, Row, compare_lines, differences
from assistant.stacking.standing import where_courses_count
from corpus.courses import (
    Award,
    AwardRule,
    Confidence,
    Course,
    Kind,
    Mode,
    RuleKind,
    StackClaim,
    Strength,
)
from corpus.credit import CreditSystem, Framework

SILENT = Course(
    id="silent",
    title="Bookkeeping basics",
    provider="Example College",
    kind=Kind.SHORT_COURSE,
    subject="Business",
    summary="Double entry for beginners.",
    nation="UK",
    url="https://example.org/bookkeeping",
    confidence=Confidence.MEDIUM,
)
TALKATIVE = replace(
    SILENT,
    id="talkative",
    credits=Decimal("7.5"),
    credit_system=CreditSystem.ECTS,
    level=6,
    level_framework=Framework.FHEQ,
    price_gbp=Decimal(1200),
    price_note="each module",
    seen="2024-07",
    mode=Mode.BLENDED,
    weeks=1,
    hours_total=100,
    hours_per_week=Decimal("7.5"),
    start_date="October 2026",
    entry_requirements="GCSE maths",
    stacks_into=(StackClaim("Certificate in Accounting", Strength.MAY_COUNT, note="ask first"),),
    recognition="AAT",
    evidence_note="Page read in part",
)


def by_field(*courses: Course) -> dict[Field, Row]:
    return {row.field: row for row in compare_lines(courses)}


def test_every_field_of_a_page_that_says_all_is_shown_as_stated() -> None:
    said = {field: row.words(0) for field, row in by_field(TALKATIVE).items()}
    assert said == {
        Field.PROVIDER: "Example College",
        Field.CREDIT: "7.5 ECTS credits",
        Field.LEVEL: "6 (FHEQ)",
        Field.PRICE: "£1,200 (as of 2024-07)",
        Field.PRICE_NOTE: "each module (as of 2024-07)",
        Field.MODE: "part online, part in person",
        Field.TIME: "1 week, 7.5 hours a week, 100 hours in all",
        Field.START: "October 2026",
        Field.ENTRY: "GCSE maths",
        Field.COUNTS_TOWARDS: "may count towards Certificate in Accounting (ask first)",
        Field.RECOGNITION: "AAT",
        Field.OUTCOMES: "none published that we know of",
        Field.SOURCE: "as of 2024-07, medium confidence; Page read in part",
    }


def test_what_a_page_does_not_say_is_said_to_be_not_stated() -> None:
    rows = by_field(SILENT)
    known = {Field.PROVIDER, Field.SOURCE}
    assert {field: row.words(0) for field, row in rows.items() if field not in known} == {
        field: ABSENT.get(field, NOT_STATED) for field in Field if field not in known
    }
    assert rows[Field.SOURCE].words(0) == "page undated, medium confidence"


def test_free_and_no_credit_are_statements_and_not_gaps() -> None:
    free = replace(SILENT, price_gbp=Decimal(0), credit_bearing=False)
    rows = by_field(free, replace(SILENT, credit_bearing=True))
    assert rows[Field.PRICE].words(0) == "free (page undated)"
    assert rows[Field.CREDIT].cells == (("carries no credit",), ())


def test_a_note_on_the_price_is_no_price_and_keeps_its_date() -> None:
    noted = replace(SILENT, price_note="Fees came to £472.", seen="2019")
    rows = by_field(noted, TALKATIVE)
    assert rows[Field.PRICE].words(0) == NOT_STATED
    assert rows[Field.PRICE_NOTE].words(0) == "Fees came to £472 (as of 2019)"
    assert "price" not in differences(tuple(rows.values())).split(". ")[0]


def test_the_same_size_and_height_in_other_words_are_no_difference() -> None:
    """S1: ECTS x2; S2: FHEQ and RQF share numbers, SCQF 9 and 10 are both level 6."""
    scottish = replace(TALKATIVE, level=9, level_framework=Framework.SCQF)
    english = replace(TALKATIVE, credits=Decimal(15), credit_system=CreditSystem.RQF, level_framework=Framework.RQF)
    rows = by_field(scottish, english)
    assert not rows[Field.CREDIT].differs
    assert not rows[Field.LEVEL].differs
    assert by_field(english, replace(english, credits=Decimal(30), level=5))[Field.CREDIT].differs


def test_a_page_that_does_not_say_is_no_difference() -> None:
    priced = by_field(SILENT, TALKATIVE)[Field.PRICE]
    assert (priced.differs, priced.partly_stated) == (False, True)
    both = by_field(TALKATIVE, replace(TALKATIVE, price_gbp=Decimal(3)))[Field.PRICE]
    assert (both.differs, both.partly_stated) == (True, False)


def test_the_differences_in_words_name_fields_and_no_figures() -> None:
    other = replace(TALKATIVE, level=5, price_gbp=Decimal(3), start_date=None)
    assert differences(compare_lines((TALKATIVE, other))) == (
        "They differ in level and price. Not every page states this, so compare with care: start."
    )
    assert differences(compare_lines((SILENT, SILENT))) == "What their pages state does not differ."


def test_another_provider_or_source_is_not_called_a_difference() -> None:
    other = replace(TALKATIVE, provider="Other College", seen="2025", price_note="each year")
    assert not any(row.differs for row in compare_lines((TALKATIVE, other)))


def test_with_the_awards_at_hand_what_their_pages_list_is_known_too() -> None:
    rule = AwardRule(
        kind=RuleKind.REQUIRED_MODULES,
        url="https://example.org/award",
        confidence=Confidence.HIGH,
        note="Take it.",
        modules=(("silent",),),
    )
    award = Award(
        id="award",
        title="Diploma",
        provider="Example College",
        url="https://example.org/award",
        confidence=Confidence.HIGH,
        rules=(rule,),
    )
    weaker = replace(SILENT, stacks_into=(StackClaim("Diploma", Strength.MAY_COUNT, "award"),))
    known = {where.course_id: where for where in where_courses_count((weaker,), (award,))}
    row = compare_lines((weaker,), known.__getitem__)[list(Field).index(Field.COUNTS_TOWARDS)]
    assert row.cells == (("listed as part of Diploma (Take it.)",),)
    assert by_field(weaker)[Field.COUNTS_TOWARDS].cells == (("may count towards Diploma",),)


@pytest.mark.parametrize("size", [0, MOST_COMPARED + 1])
def test_no_courses_or_more_than_four_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"courses = {size}, expected 1 to 4"):
        compare_lines((SILENT,) * size)
