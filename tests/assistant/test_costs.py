"""Sums of prices that a message names: by rate, by piece, in proportion, for each credit. And how old credit will be."""

import pytest

from assistant.ages import ages
from assistant.costs import costs
from assistant.quantities import credits_said
from assistant.shelf import Library
from corpus.courses import Award


@pytest.fixture(scope="module")
def library(adviser) -> Library:
    return adviser.shelf.current()


def said(library: Library, message: str) -> str:
    named = [library.catalogue.award(award_id) for award_id in library.reader.gazetteer.find(message).ids("award")]
    awards = [award for award in named if award is not None]
    return " ".join(found.text for found in costs(message, credits_said(message), awards, library.table))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("The fee is £9,000 for 120 credits. How much could they charge for 40 credits?", ["40 credits are £3,000", "£75 for each"]),
        ("£350 each, 20 credits a pop. What would a PGCert cost in all?", ["60 credits are 3 courses of 20", "£1,050"]),
        ("They charge £10 a credit for my 30 credits and a module is £700. Altogether?", ["cost £300", "£1,000 (£300 + £700)"]),
        ("£300 for 10 credits or £400 for 10 ECTS, which is cheaper per credit?", ["£30 for each", "second is cheaper"]),
        ("my 40 old credits cost how much at £12 a credit", ["40 UK credits at £12 each cost £480"]),
    ],
)  # fmt: skip
def test_a_price_is_worked_out_as_asked(library: Library, message: str, expected: list[str]) -> None:
    text = said(library, message)
    for part in expected:
        assert part in text


@pytest.mark.parametrize(
    "message",
    [
        "a 20 credit module for £400",
        "I have £500 and 60 credits",
        "£12 a credit is a lot",
        "how much is a 30-credit module?",
        "£350 each, is that dear?",
    ],
)
def test_no_price_is_worked_out_that_was_not_asked(library: Library, message: str) -> None:
    assert said(library, message) == ""


def of(library: Library, provider: str) -> list[Award]:
    return [award for award in library.catalogue.awards if award.provider == provider]


def test_the_age_of_credit_is_counted_to_the_start_that_was_said(library: Library) -> None:
    text = "credit no older than 10 years. I start in autumn 2028. One module is from 2018, one from 2015: which is too old?"
    first, second = (found.text for found in ages(text, 2026, []))
    assert first == "Study from 2018 will be about 10 years old at a start in 2028: within the limit of 10 years."
    assert second == "Study from 2015 will be about 13 years old at a start in 2028: too old for a limit of 10 years."


def test_a_limit_on_record_is_used_where_none_is_said(library: Library) -> None:
    (found,) = ages("will the OU still count my study from 2005?", 2026, of(library, "The Open University"))
    assert "21 years old at a start in 2026: too old for a limit of 16 years" in found.text
    assert library.catalogue.award(found.records[0]) is not None


def test_without_a_limit_there_is_an_age_and_no_verdict(library: Library) -> None:
    (found,) = ages("is my module from 2015 too old?", 2026, [])
    assert found.text == "Study from 2015 will be about 11 years old at a start in 2026."
    assert list(ages("I finished in 2015", 2026, [])) == []


def test_prices_keep_their_pence(library: Library) -> None:
    assert "£3,263.33" in said(library, "£9,790 for 120 credits, what is the fee for 40 credits?")
