"""An adviser's exception: with a reason, reversible, marked wherever it shows."""

import pytest

from assistant.stacking import read_problem, solve, to_json
from assistant.stacking.overrides import OverrideError, apply, withdraw
from assistant.stacking.problem import Decision, Override
from corpus.catalogue import frameworks


def problem():
    return read_problem(
        {
            "prior_learning": [
                {"id": "p1", "credits": 20, "system": "CATS", "level": 4, "framework": "FHEQ", "year": 2001},
                {"id": "p2", "credits": 20, "system": "CATS", "level": 4, "framework": "FHEQ", "year": 2024},
                {"id": "p3", "credits": None, "system": "NONE", "credit_bearing": False, "year": 2024},
            ],
            "target_award": {
                "title": "Cert",
                "provider": "Westbury University",
                "framework": "FHEQ",
                "total_credits": 60,
                "start_year": 2027,
                "credit_age_limit_years": 5,
            },
        }
    )


def answer(of):
    return to_json(solve(of, frameworks()))


ACCEPT = Override(item_id="p1", decision=Decision.ACCEPT, reason="The university agreed in writing.")
REFUSE = Override(item_id="p2", decision=Decision.REFUSE, reason="The certificate could not be found.")


def test_an_accepted_item_counts_and_is_marked():
    found = answer(apply(problem(), ACCEPT))
    assert found["counts"][0] == {"id": "p1", "title": None, "uk_credits": 20, "level": 4, "override": True}
    assert found["overrides"] == [{"id": "p1", "decision": "accept", "reason": ACCEPT.reason}]
    assert any(ACCEPT.reason in sentence for sentence in found["assumptions"])


def test_a_refused_item_does_not_count_and_says_why():
    refused = answer(apply(problem(), REFUSE))["does_not_count"][1]
    assert (refused["id"], refused["reason_code"], refused["override"]) == ("p2", "REFUSED_BY_ADVISER", True)
    assert REFUSE.reason in refused["reason"]


def test_taking_it_back_gives_the_first_problem_again():
    start = problem()
    changed = apply(apply(start, ACCEPT), REFUSE)
    assert changed != start
    assert start == problem(), "the problem itself is never changed"
    assert withdraw(withdraw(changed, "p1"), "p2") == start
    assert answer(withdraw(changed, "p2")) == answer(apply(start, ACCEPT))


def test_a_second_decision_replaces_the_first():
    again = apply(apply(problem(), ACCEPT), Override(item_id="p1", decision=Decision.REFUSE, reason="No."))
    assert [override.decision for override in again.overrides] == [Decision.REFUSE]


def test_credit_that_nobody_states_must_be_given():
    with pytest.raises(OverrideError) as refused:
        apply(problem(), Override(item_id="p3", decision=Decision.ACCEPT, reason="Portfolio assessed."))
    assert refused.value.field == "credits"
    given = Override(item_id="p3", decision=Decision.ACCEPT, reason="Portfolio assessed.", credits=10, level=4)
    assert answer(apply(problem(), given))["credits_counted"] == 30


@pytest.mark.parametrize(("item_id", "reason", "field"), [("p9", "Yes.", "item_id"), ("p1", "  ", "reason")])
def test_an_exception_needs_an_item_and_a_reason(item_id, reason, field):
    with pytest.raises(OverrideError) as refused:
        apply(problem(), Override(item_id=item_id, decision=Decision.REFUSE, reason=reason))
    assert refused.value.field == field
