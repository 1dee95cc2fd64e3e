"""What may be brought into an award by a limit that the message states, against a brute-force count."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.caps import caps
from assistant.costs import cheapest_set
from assistant.quantities import credits_said
from corpus.catalogue import frameworks

TABLE = frameworks()


def said(message: str) -> str:
    return " ".join(found.text for found in caps(message, credits_said(message), (), TABLE))


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("up to half from elsewhere, the award i want is 120, how many", ["at most 60", "at least 60"]),
        ("a degree of 360 credits, at least 120 has to be done with them. i hold 280", ["at most 240 of your 280", "40 would be over"]),
        ("a 180 credit masters takes at most two thirds", ["at most 120 could", "at least 60 must"]),
    ],
)  # fmt: skip
def test_a_stated_limit_is_worked_out(message: str, parts: list[str]) -> None:
    for part in parts:
        assert part in said(message)


@pytest.mark.parametrize(
    "message", ["how many credits is a degree", "half of my course was boring", "30 credits at level 4"]
)
def test_without_a_limit_and_a_size_nothing_is_worked_out(message: str) -> None:
    assert said(message) == ""


@given(
    need=st.sampled_from((30, 45, 60)),
    options=st.lists(
        st.tuples(st.sampled_from((10, 15, 20, 30)), st.integers(50, 900)), min_size=2, max_size=4, unique=True
    ),
)
def test_the_cheapest_set_is_the_cheapest_of_all_sets(need: int, options: list[tuple[int, int]]) -> None:
    """Law: no set of the options that reaches the credits costs less than the one named."""
    listed = ", ".join(f"{'ABCD'[n]} {size} credits £{price}" for n, (size, price) in enumerate(options))
    message = f"I need {need} credits. Options: {listed}. Which is cheapest?"
    found = list(cheapest_set(message, credits_said(message), TABLE))
    sets = [[one for n, one in enumerate(options) if mask >> n & 1] for mask in range(1, 2 ** len(options))]
    costs = [sum(price for _, price in chosen) for chosen in sets if sum(size for size, _ in chosen) >= need]
    if not costs:
        assert "fewer than" in found[0].text
    else:
        assert found[0].text.endswith(f": £{Fraction(min(costs)).numerator:,}.")
