"""The claim gate: figures, names and strengths must be in what a claim cites."""

import pytest

from assistant.answer import LOST_CORE, Claim, ClaimKind, Draft, Outcome, fault_of, figures, gate
from assistant.evidence import Evidence

PAGE = Evidence(
    "example",
    "course",
    "Bookkeeping basics",
    "https://example.org",
    "2025",
    "high",
    "Bookkeeping basics costs £1,200 and could count towards the Example Certificate.",
    "Bookkeeping basics costs £1,200 and could count towards the Example Certificate.",
)


def names(text: str) -> tuple[str, ...]:
    return tuple(name for name in ("Bookkeeping basics", "Payroll for all") if name in text)


def fact(text: str) -> Claim:
    return Claim(text, ClaimKind.FACT, (PAGE,))


@pytest.mark.parametrize(
    "text",
    [
        "Bookkeeping basics costs £1200.",
        "The page is from 2025.",
        "It may count towards the Example Certificate.",
        "It could count towards the Example Certificate.",
        "Nobody can say that it counts towards a degree.",
    ],
)
def test_what_the_source_carries_passes(text: str) -> None:
    assert fault_of(fact(text), names) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("It costs £1,250.", "1250"),
        ("It takes 12 weeks.", "12"),
        ("Payroll for all costs £1,200.", "Payroll for all"),
        ("It counts towards the Example Diploma.", "stronger"),
        ("It will get you a job.", "stronger"),
        ("Your place is guaranteed.", "stronger"),
    ],
)
def test_what_the_source_does_not_carry_is_refused_and_named(text: str, why: str) -> None:
    fault = fault_of(fact(text), names)
    assert fault is not None
    assert why in fault


def test_a_fact_needs_a_source_and_advice_may_not_slip_in_a_figure() -> None:
    assert fault_of(Claim("It is free.", ClaimKind.FACT), names) == "a fact without a source"
    assert "without a source" in (fault_of(Claim("Keep £300 aside.", ClaimKind.ADVICE), names) or "")
    assert fault_of(Claim("Ask before you pay.", ClaimKind.ADVICE), names) is None
    assert fault_of(Claim("I hold no record of TM999.", ClaimKind.CAUTION), names, said="what is TM999") is None


def test_a_dropped_claim_is_recorded_and_the_rest_is_shown() -> None:
    draft = Draft(Outcome.ADVISED, (fact("Bookkeeping basics costs £1,200."), fact("It takes 12 weeks.")))
    answer = gate(draft, names)
    assert [claim.text for claim in answer.claims] == ["Bookkeeping basics costs £1,200."]
    assert [dropped.text for dropped in answer.dropped] == ["It takes 12 weeks."]
    assert answer.outcome is Outcome.ADVISED
    assert answer.number(PAGE) == 1


def test_an_answer_that_loses_its_core_says_so() -> None:
    answer = gate(Draft(Outcome.ADVISED, (fact("It takes 12 weeks."), fact("Bookkeeping basics costs £1,200."))), names)
    assert answer.claims[0].text == LOST_CORE
    assert answer.outcome is Outcome.NO_MATCH


def test_figures_are_compared_as_numbers() -> None:
    assert figures("£1,200.00, 007 and 7.50") == frozenset({"1200", "7", "7.5"})
