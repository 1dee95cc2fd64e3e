"""The shape of an answer, what it says it assumed, and what reading the package costs."""

import subprocess
import sys

import pytest

from assistant.stacking import answer_problem
from assistant.stacking.reasons import SENTENCES, ReasonCode
from corpus.catalogue import frameworks

AUDIT_KEYS = [
    "counts",
    "does_not_count",
    "credits_eligible",
    "credits_counted",
    "credits_not_counted_because_of_caps",
    "credits_remaining",
    "effective_transfer_cap",
    "level_minimums",
    "min_at_level_met",
]
PLAN_KEYS = ["candidates_excluded", "feasible", "cheapest", "fastest", "blockers"]
AWARD = {"title": "Cert", "provider": "Westbury University", "framework": "FHEQ", "total_credits": 60}


def item(identity, **more):
    return {"id": identity, "credits": 20, "system": "CATS", "level": 4, "framework": "FHEQ", **more}


def test_keys_in_the_order_of_the_rules():
    without = answer_problem({"target_award": AWARD}, frameworks())
    assert list(without)[:9] == AUDIT_KEYS
    assert list(without)[9:11] == ["assumptions", "unknown"]
    with_courses = answer_problem({"target_award": AWARD, "candidate_courses": [item("c1")]}, frameworks())
    assert list(with_courses)[9:16] == [*PLAN_KEYS, "assumptions", "unknown"]


def test_an_empty_list_of_candidates_is_no_plan():
    assert "feasible" not in answer_problem({"target_award": AWARD, "candidate_courses": []}, frameworks())


def test_plans_have_the_four_fields_of_the_rules():
    courses = [item(f"c{number}", price_gbp=99.5) for number in range(3)]
    answer = answer_problem({"target_award": AWARD, "candidate_courses": courses}, frameworks())
    assert answer["cheapest"] == {"cost": 298.5, "hours": 600, "weeks": None, "course_ids": ["c0", "c1", "c2"]}


def test_a_plan_with_a_missing_price_says_at_least():
    courses = [item("c1", credits=60)]
    answer = answer_problem({"target_award": AWARD, "candidate_courses": courses}, frameworks())
    assert answer["cheapest"] == {"cost": 0, "hours": 600, "weeks": None, "course_ids": ["c1"], "unpriced": 1}


def test_what_was_assumed_is_said():
    prior = [item("p1", system="ECTS"), item("p2", framework="SCQF", level=7)]
    said = " ".join(answer_problem({"target_award": AWARD, "prior_learning": prior}, frameworks())["assumptions"])
    for words in ("ECTS", "convention", "SCQF", "does not state how old", "how much credit it takes from elsewhere"):
        assert words in said
    assert "Westbury University decides" in said


def test_unknown_fields_come_with_the_most_at_stake_first():
    prior = [item("p1", awarding_body="X"), item("p2", credits=40, level=None, awarding_body="X")]
    answer = answer_problem(
        {
            "target_award": {**AWARD, "min_accepted_level": 4},
            "prior_learning": [*prior, item("p3", credits=10, level=None)],
        },
        frameworks(),
    )
    assert answer["unknown"] == ["p2.level", "p3.level"]


@pytest.mark.parametrize("code", ReasonCode)
def test_every_code_has_one_sentence(code):
    assert SENTENCES[code].endswith((".", "{because}"))
    assert SENTENCES[code].count(". ") == 0


def test_the_package_loads_nothing_heavy():
    script = "import sys, assistant.stacking; print([m for m in ('ortools', 'torch', 'chromadb', 'langchain') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
