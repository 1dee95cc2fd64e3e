"""Rules that a learner states, and audits run by them."""

from fractions import Fraction

import pytest

from assistant.advise import Adviser
from assistant.contract import advice_json
from assistant.rules_said import rules_said


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("they take at most 60 credits from elsewhere", "cap", Fraction(60)),
        ("max 90 credits brought in", "cap", Fraction(90)),
        ("max half by certificated RPL", "share", Fraction(1, 2)),
        ("accepts up to two thirds", "share", Fraction(2, 3)),
        ("nothing older than 5 years", "age_limit", 5),
        ("nothing below level 5", "lowest_level", 5),
        ("at least 100 credits at level 6", "at_level", ((6, Fraction(100)),)),
        ("starting in September 2028", "start_year", 2028),
    ],
)
def test_a_stated_rule_is_read(text: str, field: str, value: object) -> None:
    assert getattr(rules_said(text), field) == value


@pytest.mark.parametrize(
    "text", ["I have 60 credits at level 4", "how many credits is a PGCert", "I studied 5 years ago"]
)
def test_what_is_no_rule_is_not_taken_for_one(text: str) -> None:
    assert not rules_said(text)


def test_an_audit_keeps_to_the_rules_that_were_stated(adviser: Adviser) -> None:
    said = (
        "Target: PGDip. The university takes at most 60 credits from elsewhere and nothing older than 5 years, start 2027. "
        "I have 30 credits at level 7 from 2024, 30 credits at level 7 from 2023 and 30 credits at level 7 from 2018. What counts?"
    )
    (pathway,) = advice_json(adviser.advise(said))["pathways"]
    assert pathway["credits_counted"] == 60
    assert [left["reason_code"] for left in pathway["does_not_count"]] == ["EXPIRED"]
    assert pathway["credits_remaining"] == 60
