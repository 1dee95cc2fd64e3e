"""Laws of the stacking engine over random small problems, and the engine against a slow reading of the rules (oracle.py)."""

import copy
from fractions import Fraction

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
BODIES = st.sampled_from([OWN, OWN, "Harbour University", None])
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


def rarely(strategy, otherwise=None):
    """Mostly the usual value; an example with every rule at once has no plan and shows nothing."""
    return st.integers(0, 6).flatmap(lambda number: strategy if number == 6 else st.just(otherwise))


@st.composite
def items(draw, identity):
    system = draw(st.sampled_from(["CATS"] * 6 + ["SCQF", "ECTS", "US_SEMESTER", "US_QUARTER", "TQT_HOURS", "NONE"]))
    amount = draw(st.sampled_from([5, 10, 15, 20, 20, 30, 30, 40]))
    sizes = {"ECTS": Fraction(amount, 2), "US_SEMESTER": 4, "US_QUARTER": 5, "TQT_HOURS": amount * 10 + 5, "NONE": None}
    size = sizes.get(system, amount)
    framework = draw(st.sampled_from(["FHEQ", "FHEQ", "RQF", "SCQF"]))
    level = draw(st.sampled_from([4, 5, 5, 6]))
    return {
        "id": identity,
        "title": identity,
        "credits": float(size) if isinstance(size, Fraction) else size,
        "system": system,
        "level": draw(rarely(st.none(), SCQF[level] if framework == "SCQF" else level)),
        "framework": framework,
        "awarding_body": draw(BODIES),
        "credit_bearing": draw(st.sampled_from([True] * 8 + [False, None])),
        "awarder_recognised": draw(rarely(st.sampled_from([True, False]))),
        "subject": draw(st.sampled_from(["care", "art", None])),
        "equivalence_group": draw(rarely(st.sampled_from(["g", "h"]))),
        "covers": draw(rarely(st.lists(st.sampled_from(CODES), max_size=2, unique=True), [])),
    }


@st.composite
def prior_items(draw, identity):
    return {
        **draw(items(identity)),
        "year": draw(st.sampled_from([2012, 2018, 2022, 2024, None])),
        "passed": draw(rarely(st.sampled_from([True, False]))),
        "divisible_unit": draw(rarely(st.sampled_from([5, 10, 15]))),
        "used_for_award": draw(rarely(st.just({"title": "HNC", "level": 4}))),
        "from_experience": draw(rarely(st.just(True), False)),
    }


@st.composite
def courses(draw, identity):
    course = draw(items(identity))
    # A course needs only modules that come before all it covers, so that no problem has a cycle.
    before = [code for code in CODES if all(code < covered for covered in course["covers"])]
    return {
        **course,
        "price_gbp": draw(st.sampled_from([0, 100, 150, 200, 300, 99.5, None])),
        "mode": draw(st.sampled_from(["online", "online", "in_person"])),
        "study_hours": draw(rarely(st.sampled_from([0, 50, 7.5, 300]))),
        "prerequisites": draw(rarely(st.lists(st.sampled_from(before), max_size=1), [])) if before else [],
        "available": draw(rarely(st.sampled_from([True, False]))),
    }


def amounts(*sizes):
    return st.sampled_from(sizes)


@st.composite
def awards(draw):
    scottish = draw(st.sampled_from([False, False, False, True]))
    level = {number: SCQF[number] if scottish else number for number in SCQF}
    pool = st.fixed_dictionaries(
        {"courses": st.lists(st.sampled_from(["p0", "c0", "c1", "M1"]), min_size=1), "credits": amounts(10, 30)}
    )
    fields = {
        "min_credits_at_or_above": rarely(amounts({str(level[5]): 20}, {str(level[4]): 30, str(level[6]): 10}), {}),
        "max_credits_at_level": rarely(amounts({str(level[4]): 20}, {str(level[5]): 30}), {}),
        "min_accepted_level": rarely(amounts(level[4], level[5])),
        "credit_age_limit_years": rarely(amounts(5, 9)),
        "max_transfer": st.one_of(
            st.none(), amounts({"credits": 20}, {"fraction": "1/2"}, {"fraction": "2/3"}, {"credits": 30, "fraction": "3/4"})
        ),
        "rounding_multiple": rarely(amounts(10, 15, 30)),
        "residency": rarely(amounts({"credits": 15}, {"credits": 20, "min_level": level[5]})),
        "required_modules": rarely(amounts(["M0"], [["M1", "M2"]], ["M0", ["M1"]]), []),
        "subject_rule": rarely(amounts(0, 20).map(lambda most: {"relevant_subjects": ["care"], "free_choice_max": most})),
        "double_count": rarely(amounts({"policy": "disallow"}, {"policy": "allow"}, {"policy": "cap", "max_credits": 15})),
        "transfer_fee_gbp_per_credit": rarely(amounts(1, 2.5, 10)),
        "pools": rarely(rarely(st.lists(pool, min_size=1, max_size=1), []), []),
        "max_from_pools": rarely(rarely(st.lists(pool, min_size=1, max_size=1), []), []),
        "exclusions": rarely(amounts([["c0", "c1"]], [["p0", "c2", "M0"]]), []),
        "min_shares_in_subject": rarely(rarely(st.just([{"subjects": ["care"], "fraction": "1/2"}]), []), []),
        "max_experience_credits": rarely(amounts(0, 15)),
        "min_claim_credits": rarely(rarely(amounts(15, 30))),
        "time_limit_years": rarely(st.just(1)),
    }
    return {
        "title": "Award",
        "provider": OWN,
        "framework": "SCQF" if scottish else "FHEQ",
        "level": level[5],
        "total_credits": draw(amounts(20, 30, 40, 45)),
        "start_year": 2027,
        **draw(st.fixed_dictionaries(fields)),
    }


@st.composite
def problems(draw, most_courses=5):
    return {
        "prior_learning": [draw(prior_items(f"p{number}")) for number in range(draw(st.integers(0, 3)))],
        "target_award": draw(awards()),
        "candidate_courses": [draw(courses(f"c{number}")) for number in range(draw(st.integers(2, most_courses)))],
        "constraints": draw(
            st.fixed_dictionaries(
                {
                    "budget_gbp": rarely(amounts(100, 300, 450)),
                    "hours_per_week": st.sampled_from([None, 7.5, 10]),
                    "weeks_available": rarely(amounts(10, 30, 50)),
                    "modes_allowed": rarely(st.just(["online"])),
                }
            )
        ),
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
    ("target_award", "subject_rule", *({"relevant_subjects": ["care"], "free_choice_max": most} for most in (10, 20))),
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
