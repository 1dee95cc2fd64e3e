"""Awards and courses as records: their rules become a target, their claims a standing, and what is left out stays
unknown."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assistant.stacking import audit, solve, to_json
from assistant.stacking.awards import Incomplete, award_target, course_candidate, problem_from_records
from assistant.stacking.problem import LevelCredits, Pool, PriorItem, Residency, SubjectRule, SubjectShare
from assistant.stacking.search import Plan, Used
from assistant.stacking.standing import Standing, standing_of_plan, where_courses_count
from corpus.catalogue import frameworks
from corpus.courses import (
    Award,
    AwardRule,
    Confidence,
    Course,
    DoubleCount,
    Kind,
    Listing,
    RuleKind,
    StackClaim,
    Strength,
)
from corpus.credit import CreditSystem, Framework

PAGE = "https://example.org/award"


def rule(kind, **fields):
    return AwardRule(kind=kind, url=PAGE, confidence=Confidence.HIGH, note="As stated.", **fields)


def award(*rules, **fields):
    stated = {
        "id": "cert",
        "title": "Cert",
        "provider": "Westbury University",
        "level": 4,
        "level_framework": Framework.FHEQ,
        "total_credits": Decimal(60),
        "credit_system": CreditSystem.CATS,
    }
    return Award(url=PAGE, confidence=Confidence.HIGH, rules=rules, **{**stated, **fields})


def course(identity="c-1", **fields):
    stated = {
        "title": "Course",
        "provider": "Westbury University",
        "kind": Kind.MODULE,
        "subject": "care",
        "summary": "A course.",
        "nation": "England",
        "credits": Decimal(20),
        "credit_system": CreditSystem.CATS,
        "level": 4,
        "level_framework": Framework.FHEQ,
    }
    return Course(id=identity, url=PAGE, confidence=Confidence.HIGH, **{**stated, **fields})


def target(*rules, **fields):
    return award_target(award(*rules, **fields), frameworks(), 2027)


EACH_KIND = [
    (rule(RuleKind.MIN_AT_OR_ABOVE, level=4, credits=Decimal(40)), "min_credits_at_or_above", (LevelCredits(4, 40),)),
    (rule(RuleKind.MAX_AT_LEVEL, level=4, credits=Decimal(40)), "max_credits_at_level", (LevelCredits(4, 40),)),
    (rule(RuleKind.MIN_ACCEPTED_LEVEL, level=4), "min_accepted_level", 4),
    (rule(RuleKind.CREDIT_AGE_LIMIT, years=16), "credit_age_limit_years", 16),
    (rule(RuleKind.MAX_TRANSFER, fraction="2/3"), "max_transfer_fraction", Fraction(2, 3)),
    (rule(RuleKind.MAX_TRANSFER, credits=Decimal(40)), "max_transfer_credits", 40),
    (rule(RuleKind.MAX_EXPERIENCE, credits=Decimal(30)), "max_experience_credits", 30),
    (rule(RuleKind.MIN_CLAIM, credits=Decimal(30)), "min_claim_credits", 30),
    (rule(RuleKind.ROUNDING_MULTIPLE, credits=Decimal(30)), "rounding_multiple", 30),
    (rule(RuleKind.RESIDENCY, credits=Decimal(30), level=4), "residency", Residency(Fraction(30), 4)),
    (rule(RuleKind.REQUIRED_MODULES, modules=(("a", "b"),)), "required_modules", (("a", "b"),)),
    (rule(RuleKind.POOL, credits=Decimal(30), courses=("a",)), "pools", (Pool(("a",), Fraction(30)),)),
    (
        rule(RuleKind.MAX_FROM_POOL, credits=Decimal(30), courses=("a",)),
        "max_from_pools",
        (Pool(("a",), Fraction(30)),),
    ),
    (rule(RuleKind.EXCLUSION, courses=("a", "b")), "exclusions", (("a", "b"),)),
    (rule(RuleKind.SUBJECT, subjects=("care",)), "subject_rule", SubjectRule(("care",), Fraction(0))),
    (
        rule(RuleKind.MIN_SHARE_IN_SUBJECT, subjects=("care",), fraction="3/4"),
        "min_shares_in_subject",
        (SubjectShare(("care",), Fraction(3, 4)),),
    ),
    (rule(RuleKind.MIN_SHARE_AT_LEVEL, level=4, fraction="3/4"), "min_credits_at_or_above", (LevelCredits(4, 45),)),
    (rule(RuleKind.TRANSFER_FEE, gbp=Decimal(5)), "transfer_fee_gbp_per_credit", Decimal(5)),
    (rule(RuleKind.TIME_LIMIT, years=6), "time_limit_years", 6),
]


@pytest.mark.parametrize(("stated", "field", "value"), EACH_KIND, ids=[entry[0].kind.value for entry in EACH_KIND])
def test_each_kind_of_rule_becomes_its_field(stated, field, value):
    assert getattr(target(stated), field) == value


def test_double_counting():
    found = target(rule(RuleKind.DOUBLE_COUNT, policy=DoubleCount.CAP, credits=Decimal(20))).double_count
    assert (found.policy, found.max_credits) == (DoubleCount.CAP, 20)


def test_every_kind_of_rule_is_read():
    assert {entry[0].kind for entry in EACH_KIND} | {RuleKind.DOUBLE_COUNT} == set(RuleKind)


def test_an_ects_award_is_held_in_uk_credits():
    found = target(
        rule(RuleKind.RESIDENCY, credits=Decimal(15)),
        rule(RuleKind.TRANSFER_FEE, gbp=Decimal(10)),
        total_credits=Decimal(30),
        credit_system=CreditSystem.ECTS,
    )
    assert (found.total_credits, found.residency.credits, found.transfer_fee_gbp_per_credit) == (60, 30, 5)


def test_a_policy_fills_in_only_what_the_award_does_not_state():
    policy = award(rule(RuleKind.CREDIT_AGE_LIMIT, years=5), rule(RuleKind.MAX_TRANSFER, fraction="1/2"))
    own = award(rule(RuleKind.CREDIT_AGE_LIMIT, years=10))
    found = award_target(own, frameworks(), 2027, policy)
    assert (found.credit_age_limit_years, found.max_transfer_fraction) == (10, Fraction(1, 2))


def test_an_award_without_a_total_cannot_be_calculated_with():
    assert target(total_credits=None) == Incomplete("cert", ("total_credits",))


def test_a_course_covers_its_id_and_code_and_shares_a_group_with_its_twin():
    one, twin = course_candidate(course(code="TM111")), course_candidate(course("c-2", same_as="c-1"))
    assert one.covers == ("c-1", "TM111")
    assert one.equivalence_group == twin.equivalence_group == "c-1"


def test_a_part_of_an_award_that_is_not_sold_alone_is_not_available():
    assert course_candidate(course(listing=Listing.AWARD_PART)).available is False


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"credits": None, "credit_system": None}, "CREDIT_NOT_STATED"),
        ({"credits": Decimal(200), "credit_system": CreditSystem.TQT_HOURS}, "CREDIT_NOT_STATED"),
        ({"credits": Decimal(20), "credit_system": CreditSystem.LOCAL}, "CREDIT_NOT_STATED"),
        ({"credits": None, "credit_system": None, "credit_bearing": False}, "NOT_CREDIT_BEARING"),
        ({"level": None, "level_framework": None}, "LEVEL_NOT_STATED"),
    ],
)
def test_what_a_record_leaves_out_is_not_known(fields, code):
    goal = target(rule(RuleKind.MIN_ACCEPTED_LEVEL, level=4))
    answer = to_json(solve(problem_from_records(goal, (), [course(**fields)]), frameworks()))
    assert [entry["reason_code"] for entry in answer["candidates_excluded"]] == [code]


def test_credit_held_without_a_year_is_not_counted_and_the_year_is_asked_for():
    goal = target(rule(RuleKind.CREDIT_AGE_LIMIT, years=5))
    held = PriorItem(id="p1", credits=Fraction(20), system=CreditSystem.CATS, level=4, framework=Framework.FHEQ)
    found = audit(problem_from_records(goal, [held]), frameworks())
    assert [entry.reason.code for entry in found.does_not_count] == ["YEAR_NOT_STATED"]


CLAIM = StackClaim("Cert", Strength.MAY_COUNT, "cert", "Could count.")


def test_where_a_course_counts_strongest_first_and_with_its_rule():
    named = award(rule(RuleKind.POOL, credits=Decimal(20), courses=("c-1",)))
    claims = (CLAIM, StackClaim("Degree", Strength.PREPARATORY))
    (known,) = where_courses_count([course(stacks_into=claims)], [named])
    assert [(entry.award, entry.strength) for entry in known.counts] == [
        ("Cert", Strength.PUBLISHED),
        ("Cert", Strength.MAY_COUNT),
        ("Degree", Strength.PREPARATORY),
    ]
    assert known.counts[0].rule.kind is RuleKind.POOL
    assert not known.dead_end


def test_a_dead_end_counts_towards_nothing_or_only_prepares():
    only_prepares = course("c-2", stacks_into=(StackClaim("Degree", Strength.PREPARATORY),))
    assert [known.dead_end for known in where_courses_count([course(), only_prepares], [])] == [True, True]


@pytest.mark.parametrize(
    ("claims", "prior", "standing"),
    [
        ((StackClaim("Cert", Strength.PUBLISHED, "cert"),), (), Standing.PUBLISHED),
        ((StackClaim("Cert", Strength.PUBLISHED, "cert"),), (Used("p1", 20),), Standing.MAY_COUNT),
        ((CLAIM,), (), Standing.MAY_COUNT),
        ((StackClaim("Cert", Strength.PREPARATORY, "cert"),), (), Standing.NOT_SHOWN),
        ((StackClaim("Other", Strength.PUBLISHED, "other"),), (), Standing.NOT_SHOWN),
        ((), (), Standing.NOT_SHOWN),
    ],
)
def test_the_weakest_claim_is_the_standing(claims, prior, standing):
    known = {entry.course_id: entry for entry in where_courses_count([course(stacks_into=claims)], [])}
    plan = Plan(
        cost=Decimal(0), unpriced=0, hours=Decimal(0), weeks=None, new_credits=20, course_ids=("c-1",), prior_used=prior
    )
    assert standing_of_plan(plan, "cert", known) is standing
