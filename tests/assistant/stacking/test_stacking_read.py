"""A problem is either wholly usable or refused with every fault named."""

import copy
import math

import pytest

from assistant.stacking import ProblemError, answer_problem, read_problem
from corpus.catalogue import frameworks


def problem():
    return {
        "prior_learning": [
            {"id": "p1", "credits": 20, "system": "CATS", "level": 4, "framework": "FHEQ", "year": 2024}
        ],
        "target_award": {
            "title": "Cert",
            "provider": "Westbury University",
            "framework": "FHEQ",
            "total_credits": 60,
            "start_year": 2027,
            "credit_age_limit_years": 5,
        },
        "candidate_courses": [
            {"id": "c1", "credits": 20, "system": "CATS", "covers": ["A"], "prerequisites": ["B"], "price_gbp": 10},
            {"id": "c2", "credits": 20, "system": "CATS", "covers": ["B"], "price_gbp": 10},
        ],
        "constraints": {"hours_per_week": 10},
    }


def changed(path, value):
    raw = problem()
    inner = raw
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return raw


PRIOR, COURSE, AWARD, LIMITS = ("prior_learning", 0), ("candidate_courses", 0), ("target_award",), ("constraints",)
BAD = [
    ((*PRIOR, "credits"), -5, "prior_learning[0] 'p1'", "credits"),
    ((*PRIOR, "credits"), True, "prior_learning[0] 'p1'", "credits"),
    ((*PRIOR, "credits"), "20", "prior_learning[0] 'p1'", "credits"),
    ((*PRIOR, "credits"), math.nan, "prior_learning[0] 'p1'", "credits"),
    ((*PRIOR, "credits"), math.inf, "prior_learning[0] 'p1'", "credits"),
    ((*PRIOR, "system"), "POINTS", "prior_learning[0] 'p1'", "system"),
    ((*PRIOR, "system"), "LOCAL", "prior_learning[0] 'p1'", "system"),
    ((*PRIOR, "system"), ["CATS"], "prior_learning[0] 'p1'", "system"),
    ((*PRIOR, "framework"), "QAA", "prior_learning[0] 'p1'", "framework"),
    ((*PRIOR, "level"), 9, "prior_learning[0] 'p1'", "level"),
    ((*PRIOR, "level"), 0, "prior_learning[0] 'p1'", "level"),
    ((*PRIOR, "level"), 4.5, "prior_learning[0] 'p1'", "level"),
    ((*PRIOR, "level"), "four", "prior_learning[0] 'p1'", "level"),
    ((*PRIOR, "year"), "2024", "prior_learning[0] 'p1'", "year"),
    ((*PRIOR, "credit_bearing"), "yes", "prior_learning[0] 'p1'", "credit_bearing"),
    ((*PRIOR, "passed"), 1, "prior_learning[0] 'p1'", "passed"),
    ((*PRIOR, "divisible_unit"), 0, "prior_learning[0] 'p1'", "divisible_unit"),
    ((*PRIOR, "covers"), "A", "prior_learning[0] 'p1'", "covers"),
    ((*PRIOR, "used_for_award"), "HNC", "prior_learning[0] 'p1'.used_for_award", "value"),
    ((*PRIOR, "title"), 7, "prior_learning[0] 'p1'", "title"),
    ((*PRIOR, "id"), None, "prior_learning[0]", "id"),
    ((*PRIOR, "id"), "", "prior_learning[0] ''", "id"),
    (PRIOR, "p1", "prior_learning[0]", "value"),
    (("prior_learning",), {}, "problem", "prior_learning"),
    ((*COURSE, "price_gbp"), -1, "candidate_courses[0] 'c1'", "price_gbp"),
    ((*COURSE, "price_gbp"), 1.123456, "candidate_courses[0] 'c1'", "price_gbp"),
    ((*COURSE, "study_hours"), "10", "candidate_courses[0] 'c1'", "study_hours"),
    ((*COURSE, "id"), "c2", "candidate_courses[1] 'c2'", "id"),
    ((*COURSE, "available"), "no", "candidate_courses[0] 'c1'", "available"),
    ((*AWARD, "total_credits"), 0, "target_award", "total_credits"),
    ((*AWARD, "total_credits"), None, "target_award", "total_credits"),
    ((*AWARD, "framework"), None, "target_award", "framework"),
    ((*AWARD, "provider"), None, "target_award", "provider"),
    ((*AWARD, "start_year"), None, "target_award", "start_year"),
    ((*AWARD, "credit_age_limit_years"), -1, "target_award", "credit_age_limit_years"),
    ((*AWARD, "max_transfer"), {"fraction": "3/2"}, "target_award.max_transfer", "fraction"),
    ((*AWARD, "max_transfer"), {"fraction": "0/1"}, "target_award.max_transfer", "fraction"),
    ((*AWARD, "max_transfer"), {"fraction": "1/0"}, "target_award.max_transfer", "fraction"),
    ((*AWARD, "max_transfer"), {"fraction": 0.5}, "target_award.max_transfer", "fraction"),
    ((*AWARD, "max_transfer"), 60, "target_award.max_transfer", "value"),
    ((*AWARD, "min_credits_at_or_above"), {"six": 60}, "target_award.min_credits_at_or_above", "level"),
    ((*AWARD, "min_credits_at_or_above"), {"12": 60}, "target_award.min_credits_at_or_above", "level"),
    ((*AWARD, "min_credits_at_or_above"), {"6": -1}, "target_award.min_credits_at_or_above", "6"),
    ((*AWARD, "rounding_multiple"), 0, "target_award", "rounding_multiple"),
    ((*AWARD, "residency"), {"min_level": 6}, "target_award.residency", "credits"),
    ((*AWARD, "required_modules"), "A", "target_award", "required_modules"),
    ((*AWARD, "required_modules"), [[]], "target_award", "required_modules"),
    ((*AWARD, "double_count"), {"policy": "sometimes"}, "target_award.double_count", "policy"),
    ((*AWARD, "double_count"), {"policy": "cap"}, "target_award.double_count", "max_credits"),
    ((*AWARD, "subject_rule"), {"free_choice_max": 0}, "target_award.subject_rule", "relevant_subjects"),
    (AWARD, None, "problem", "target_award"),
    ((*LIMITS, "hours_per_week"), 0, "constraints", "hours_per_week"),
    ((*LIMITS, "budget_gbp"), "400", "constraints", "budget_gbp"),
    ((*LIMITS, "modes_allowed"), "online", "constraints", "modes_allowed"),
    (("objectives",), ["easiest"], "problem", "objectives"),
    (("candidate_courses", 1, "prerequisites"), ["A"], "candidate_courses[0] 'c1'", "prerequisites"),
]


@pytest.mark.parametrize(("path", "value", "where", "field"), BAD)
def test_a_fault_names_item_and_field(path, value, where, field):
    with pytest.raises(ProblemError) as refused:
        read_problem(changed(path, value))
    assert (where, field) in [(fault.where, fault.field) for fault in refused.value.faults]


def test_the_unchanged_problem_is_fine():
    assert [item.id for item in read_problem(problem()).prior] == ["p1"]


def test_every_fault_is_collected_and_said_in_one_line():
    raw = changed(("prior_learning", 0, "credits"), -5)
    raw["candidate_courses"][0]["system"] = "POINTS"
    with pytest.raises(ProblemError) as refused:
        read_problem(raw)
    assert len(refused.value.faults) == 2
    assert str(refused.value).startswith("prior_learning[0] 'p1': credits = -5, expected a number, zero or more; ")


@pytest.mark.parametrize("raw", [None, [], "problem", 3])
def test_something_else_than_an_object_is_refused(raw):
    with pytest.raises(ProblemError):
        read_problem(raw)


def test_only_courses_in_a_cycle_are_named():
    raw = changed(("candidate_courses", 1, "prerequisites"), ["A"])
    raw["candidate_courses"] += [{"id": "c3", "prerequisites": ["A"]}, {"id": "c4", "prerequisites": ["NOWHERE"]}]
    with pytest.raises(ProblemError) as refused:
        read_problem(raw)
    assert [fault.where for fault in refused.value.faults] == ["candidate_courses[0] 'c1'", "candidate_courses[1] 'c2'"]


def test_extra_fields_are_ignored_and_id_and_title_echoed():
    raw = {**problem(), "id": "x-1", "title": "Mine", "from_records": True, "colour": "red"}
    raw["prior_learning"][0]["colour"] = "red"
    before = copy.deepcopy(raw)
    answer = answer_problem(raw, frameworks())
    assert (answer["id"], answer["title"]) == ("x-1", "Mine")
    assert list(answer)[2] == "counts"
    assert raw == before
    assert not read_problem(raw).from_records


def test_a_number_is_taken_exactly():
    assert str(read_problem(changed(("prior_learning", 0, "credits"), 0.1)).prior[0].credits) == "1/10"
