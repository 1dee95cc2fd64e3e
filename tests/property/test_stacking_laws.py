"""Laws of the stacking engine over random small problems, and the engine against a slow reading of the rules
(oracle.py)."""

import copy

import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.stacking import read_problem, solve, to_json
from assistant.stacking.audit import most_countable
from assistant.stacking.eligible import sift_prior, weigh
from assistant.stacking.ledger import open_ledger
from assistant.stacking.reasons import ReasonCode
from assistant.stacking.solver import most_at_or_above, most_credit
from corpus.catalogue import frameworks
from corpus.credit import Credit, CreditSystem, Framework, Level

OWN = "Westbury University"
CODES = ["M0", "M1", "M2"]
SCQF = {4: 7, 5: 8, 6: 10, 7: 11}


def laws(examples):
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def mostly(usual, *rare):
    """Mostly the usual value: a problem with every rule at once has no plan and shows nothing."""
    return st.sampled_from([usual] * max(9, 4 * len(rare)) + list(rare))


SYSTEMS_HELD = st.sampled_from(["CATS"] * 6 + ["SCQF", "ECTS", "US_SEMESTER", "US_QUARTER", "TQT_HOURS", "NONE"])
SIZES = st.sampled_from([5, 10, 15, 20, 20, 30, 30, 40])
FRAMEWORKS = st.sampled_from(["FHEQ", "FHEQ", "RQF", "SCQF"])
ITEM = {
    "awarding_body": st.sampled_from([OWN, OWN, "Harbour University", None]),
    "credit_bearing": st.sampled_from([True] * 8 + [False, None]),
    "awarder_recognised": mostly(None, True, False),
    "subject": st.sampled_from(["care", "art", None]),
    "equivalence_group": mostly(None, "g", "h"),
    "covers": mostly([], ["M0"], ["M1"], ["M2"], ["M0", "M2"]),
}
PRIOR = {
    "year": st.sampled_from([2012, 2018, 2022, 2024, None]),
    "passed": mostly(None, True, False),
    "divisible_unit": mostly(None, 5, 10, 15),
    "used_for_award": mostly(None, {"title": "HNC", "level": 4}),
    "from_experience": mostly(False, True),
}
COURSE = {
    "price_gbp": st.sampled_from([0, 100, 150, 200, 300, 99.5, None]),
    "mode": st.sampled_from(["online", "online", "in_person"]),
    "study_hours": mostly(None, 0, 50, 7.5, 300),
    "available": mostly(None, True, False),
}
LIMITS = {
    "budget_gbp": mostly(None, 100, 300, 450),
    "hours_per_week": st.sampled_from([None, 7.5, 10]),
    "weeks_available": mostly(None, 10, 30, 50),
    "modes_allowed": mostly([], ["online"]),
}


def subjects(*most):
    return [{"relevant_subjects": ["care"], "free_choice_max": size} for size in most]


def pools(*sizes):
    return [[{"courses": ["p0", "c0", "c1", "M1"], "credits": size}] for size in sizes]


def rules(level):
    """Each rule of an award with its usual value and some others; `level` gives FHEQ levels in the award's
    framework."""
    return {
        "min_credits_at_or_above": mostly({}, {str(level[5]): 20}, {str(level[4]): 30, str(level[6]): 10}),
        "max_credits_at_level": mostly({}, {str(level[4]): 20}, {str(level[5]): 30}),
        "min_accepted_level": mostly(None, level[4], level[5]),
        "credit_age_limit_years": mostly(None, 5, 9),
        "max_transfer": mostly(None, {"credits": 20}, {"fraction": "1/2"}, {"credits": 30, "fraction": "3/4"}),
        "rounding_multiple": mostly(None, 10, 15, 30),
        "residency": mostly(None, {"credits": 15}, {"credits": 20, "min_level": level[5]}),
        "required_modules": mostly([], ["M0"], [["M1", "M2"]], ["M0", ["M1"]]),
        "subject_rule": mostly(None, *subjects(0, 20)),
        "double_count": mostly(None, {"policy": "disallow"}, {"policy": "cap", "max_credits": 15}),
        "transfer_fee_gbp_per_credit": mostly(None, 1, 2.5, 10),
        "pools": mostly([], *pools(10, 30)),
        "max_from_pools": mostly([], *pools(10, 30)),
        "exclusions": mostly([], [["c0", "c1"]], [["p0", "c2", "M0"]]),
        "min_shares_in_subject": mostly([], [{"subjects": ["care"], "fraction": "1/2"}]),
        "max_experience_credits": mostly(None, 0, 15),
        "min_claim_credits": mostly(None, 15, 30),
        "time_limit_years": mostly(None, 1),
    }


RULES = {False: rules({4: 4, 5: 5, 6: 6}), True: rules(SCQF)}


def drawn(draw, fields):
    return {name: draw(strategy) for name, strategy in fields.items()}


def items(draw, identity):
    system, amount, framework = draw(SYSTEMS_HELD), draw(SIZES), draw(FRAMEWORKS)
    sizes = {"ECTS": amount / 2, "US_SEMESTER": 4, "US_QUARTER": 5, "TQT_HOURS": amount * 10 + 5, "NONE": None}
    level = draw(st.sampled_from([4, 5, 5, 5, 6, 6, None]))
    return {
        "id": identity,
        "title": identity,
        "credits": sizes.get(system, amount),
        "system": system,
        "level": SCQF.get(level) if framework == "SCQF" else level,
        "framework": framework,
        **drawn(draw, ITEM),
    }


@st.composite
def courses(draw, identity):
    course = {**items(draw, identity), **drawn(draw, COURSE)}
    # A course needs only modules that come before all it covers, so that no problem has a cycle.
    before = [code for code in CODES if all(code < covered for covered in course["covers"])]
    return {**course, "prerequisites": draw(mostly([], *([code] for code in before)))}


@st.composite
def problems(draw, most_courses=5):
    scottish = draw(mostly(False, True))
    prior = [{**items(draw, f"p{number}"), **drawn(draw, PRIOR)} for number in range(draw(st.integers(0, 3)))]
    return {
        "prior_learning": prior,
        "target_award": {
            "title": "Award",
            "provider": OWN,
            "framework": "SCQF" if scottish else "FHEQ",
            "total_credits": draw(st.sampled_from([20, 30, 40, 45])),
            "start_year": 2027,
            **drawn(draw, RULES[scottish]),
        },
        "candidate_courses": [
            draw(courses(f"c{number}")) for number in range(draw(st.integers(min(3, most_courses), most_courses)))
        ],
        "constraints": drawn(draw, LIMITS),
    }


def answer(raw):
    return to_json(solve(read_problem(raw), frameworks()))


def best(found):
    """Unpriced courses, cost and hours of the best plans; no plan is worse than any."""
    plans = [found["cheapest"], found["fastest"]]
    if not found["feasible"]:
        return [(float("inf"),) * 3] * 2
    cheapest, fastest = ((plan.get("unpriced", 0), plan["cost"], plan["hours"]) for plan in plans)
    return [cheapest, (fastest[2], *fastest[:2])]


def told(plan):
    return plan and {**plan, "unpriced": plan.get("unpriced", 0)}


@laws(1400)
@given(problems())
def test_the_answer_is_that_of_the_slow_reading(raw):
    """S1 to S10: "The answers are exact (proved optimal), not heuristic"."""
    found, audit, plan = answer(raw), oracle.audit(raw), oracle.plan(raw)
    assert [(item["id"], item["uk_credits"], item["level"]) for item in found["counts"]] == audit.pop("counts")
    assert [(item["id"], item["reason_code"]) for item in found["does_not_count"]] == audit.pop("does_not_count")
    assert {field: found[field] for field in audit} == audit
    excluded = [(item["id"], item["reason_code"]) for item in found["candidates_excluded"]]
    assert excluded == plan["candidates_excluded"]
    assert found["feasible"] == plan["feasible"]
    assert told(found["cheapest"]) == plan["cheapest"]
    assert told(found["fastest"]) == plan["fastest"]
    assert found["blockers"] == plan["blockers"]
    fewest = found["fewest_credits"]
    assert (fewest and {field: fewest[field] for field in plan["fewest_credits"]}) == plan["fewest_credits"]
    assert {((point["unpriced"], point["cost"]), point["hours"]) for point in found["pareto"]} == plan["pareto"]
    others = {tuple(other["course_ids"]) for other in found["alternatives"]["plans"]}
    assert others <= plan["alternatives"]
    assert len(others) == min(10, len(plan["alternatives"]))
    assert found["alternatives"]["more"] == (len(plan["alternatives"]) > 10)


@laws(150)
@given(problems())
def test_nothing_counts_twice(raw):
    """S7: "at most one item per equivalence_group"; S3: of the survivors sharing a group one is kept."""
    found = answer(raw)
    listed = {item["id"]: item for item in (*raw["prior_learning"], *raw["candidate_courses"])}
    for taken in (
        [item["id"] for item in found["counts"]],
        *([*plan["course_ids"], *(used["id"] for used in plan["prior_used"])] for plan in found["pareto"]),
    ):
        groups = [listed[identity]["equivalence_group"] for identity in taken if listed[identity]["equivalence_group"]]
        assert len(groups) == len(set(groups))


@laws(150)
@given(problems())
def test_every_item_is_in_exactly_one_list_with_a_reason_if_it_is_out(raw):
    """S3, S6, S9: "counts" or "does_not_count"; every exclusion has a code and one sentence."""
    found = answer(raw)
    sorted_items = [item["id"] for item in (*found["counts"], *found["does_not_count"])]
    assert sorted(sorted_items) == [item["id"] for item in raw["prior_learning"]]
    out = {item["id"] for item in found["candidates_excluded"]}
    for plan in found["pareto"]:
        assert out.isdisjoint(plan["course_ids"])
    for item in (*found["does_not_count"], *found["candidates_excluded"]):
        assert item["reason_code"] in set(ReasonCode)
        assert item["reason"].endswith(".")
        assert "{" not in item["reason"]


@laws(150)
@given(problems(most_courses=4), courses("new"))
def test_a_further_course_never_makes_the_best_worse(raw, course):
    """S7: a candidate may be left out of any plan."""
    more = {**raw, "candidate_courses": [*raw["candidate_courses"], course]}
    assert all(after <= before for before, after in zip(best(answer(raw)), best(answer(more)), strict=True))


CAPS = [
    ("target_award", "max_transfer", {"credits": 20}, {"credits": 35}),
    ("target_award", "max_credits_at_level", {"5": 20}, {"5": 35}),
    ("target_award", "max_experience_credits", 10, 20),
    ("target_award", "subject_rule", *subjects(10, 20)),
    ("target_award", "double_count", *({"policy": "cap", "max_credits": most} for most in (10, 20))),
    ("constraints", "budget_gbp", 200, 300),
    ("constraints", "weeks_available", 20, 30),
]


@laws(200)
@given(problems(most_courses=4), st.sampled_from(CAPS))
def test_a_higher_cap_never_hurts(raw, cap):
    """S5: a selection that keeps within a cap keeps within a higher one."""
    part, field, low, high = cap
    before, after = (answer({**raw, part: {**raw[part], field: value}}) for value in (low, high))
    assert after["credits_counted"] >= before["credits_counted"]
    assert all(new <= old for old, new in zip(best(before), best(after), strict=True))


@laws(120)
@given(problems(most_courses=4), st.randoms(use_true_random=False))
def test_input_order_changes_nothing_but_ties(raw, random):
    """S3 and S9 use the order only to break ties, so items without a rival give the same figures in any order."""
    for item in raw["prior_learning"]:
        item["equivalence_group"] = None
    mixed = copy.deepcopy(raw)
    random.shuffle(mixed["prior_learning"])
    random.shuffle(mixed["candidate_courses"])
    one, other = answer(raw), answer(mixed)
    same = ["credits_eligible", "credits_counted", "level_minimums", "feasible", "blockers"]
    assert {field: one[field] for field in same} == {field: other[field] for field in same}
    assert best(one) == best(other)
    assert [(p["cost"], p["hours"]) for p in one["pareto"]] == [(p["cost"], p["hours"]) for p in other["pareto"]]


@laws(150)
@given(problems(most_courses=2))
def test_the_table_and_the_solver_count_the_same(raw):
    """S5: the audit fills a table; where that would be too large the solver takes its place."""
    problem = read_problem(raw)
    prior = sift_prior([weigh(item, problem, frameworks()) for item in problem.prior], problem)
    ledger = open_ledger(problem, prior)
    levels = tuple(minimum.level for minimum in problem.target.min_credits_at_or_above)
    counted = most_credit(ledger)
    table = most_countable(ledger, levels)
    assert table.credits == min(ledger.total, counted)
    assert table.at_levels == tuple(most_at_or_above(ledger, level, counted) for level in levels)


SYSTEMS = [CreditSystem(name) for name in oracle.UK_CREDITS_EACH]


@laws(150)
@given(st.fractions(min_value=0, max_value=500), st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS))
def test_converting_there_and_back_is_exact(points, one, other):
    """S1: "Exact fractions"."""
    credit = Credit(points, one)
    assert frameworks().convert(frameworks().convert(credit, other), one) == credit
    assert frameworks().to_uk(credit).exact == points * oracle.UK_CREDITS_EACH[one.value]


@pytest.mark.parametrize("level", oracle.SCQF_TO_FHEQ)
def test_levels_match_as_the_rules_list_them(level):
    """S2: "SCQF to FHEQ: 6->3, 7->4, 8->5, 9->6, 10->6, 11->7, 12->8; FHEQ to SCQF: 4->7, 5->8, 6->9, 7->11, 8->12"."""
    fheq = oracle.SCQF_TO_FHEQ[level]
    assert frameworks().level_in(Level(Framework.SCQF, level), Framework.FHEQ) == fheq
    if fheq in oracle.FHEQ_TO_SCQF:
        assert frameworks().level_in(Level(Framework.FHEQ, fheq), Framework.SCQF) == oracle.FHEQ_TO_SCQF[fheq]
