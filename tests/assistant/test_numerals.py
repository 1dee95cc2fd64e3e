"""Numbers in words, turned into figures before anything is parsed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.numerals import figured, numbers_said


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("under three hundred pound", "under 300 pound"),
        ("two hundred and fifty quid", "250 quid"),
        ("one thousand pounds from my firm", "1000 pounds from my firm"),
        ("LEVEL SIX", "LEVEL 6"),
        ("now five hours", "now 5 hours"),
        ("thirty-credit module", "30-credit module"),
        ("twenty five credits and sixty more", "25 credits and 60 more"),
        ("one of them", "one of them"),
        ("the second one, or two", "the second one, or two"),
        ("five six", "five six"),
        ("nobody has anything", "nobody has anything"),
    ],
)
def test_numbers_in_words_become_figures_where_they_count_something(said: str, read: str) -> None:
    assert figured(said) == read


@given(st.text(max_size=80))
def test_turning_words_into_figures_changes_no_number_that_is_said(text: str) -> None:
    """Law: the numbers of a text are the same before and after, and a second pass changes nothing."""
    once = figured(text)
    assert numbers_said(once) >= {number for number in numbers_said(text) if number > Decimal(10)}
    assert figured(once) == once
