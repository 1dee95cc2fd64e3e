"""What a learner needs after the plan: an order, the weeks, where they can stop, when credit lapses, what is
nearest."""

import datetime
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from assistant.stacking import read_problem, solve
from assistant.stacking.next_steps import SmallerAward, exit_points, stages, week_by_week
from assistant.stacking.problem import Constraints
from assistant.stacking.prospects import Goal, Lasting, expiries, next_course, prospects
from corpus.catalogue import frameworks

AWARD = {
    "title": "CertHE",
    "provider": "Westbury University",
    "framework": "FHEQ",
    "level": 4,
    "total_credits": 90,
    "start_year": 2027,
    "min_credits_at_or_above": {"4": 60},
    "transfer_fee_gbp_per_credit": 1,
}


def course(identity, size=30, price=300, **more):
    stated = {"system": "CATS", "level": 4, "framework": "FHEQ", "awarding_body": "Westbury University"}
    return {"id": identity, "credits": size, "price_gbp": price, **stated, **more}


def held(identity="p1", size=30, **more):
    return course(identity, size, awarding_body="Harbour University", year=2020, **more)


def problem(courses, prior=(), constraints=None, **award):
    return read_problem(
        {
            "target_award": {**AWARD, **award},
            "prior_learning": list(prior),
            "candidate_courses": courses,
            "constraints": constraints or {"hours_per_week": 10},
        }
    )


def planned(of):
    return solve(of, frameworks()).planning.cheapest


TWO_STEPS = [course("c1", prerequisites=["B"]), course("c2", covers=["B"], study_hours=105)]


def test_what_is_needed_comes_first_and_the_weeks_follow():
    of = problem(TWO_STEPS, [held()])
    first, second = stages(planned(of), of, frameworks())
    assert [first.course_id, second.course_id] == ["c2", "c1"]
    assert (first.first_week, first.last_week) == (1, 11)
    assert (second.first_week, second.last_week) == (11, 41)


def test_week_by_week_uses_the_weekly_hours_and_no_more():
    of = problem(TWO_STEPS, [held()])
    study = week_by_week(stages(planned(of), of, frameworks()))
    each_week = {number: sum(entry.hours for entry in study if entry.week == number) for number in range(1, 42)}
    assert set(list(each_week.values())[:40]) == {Decimal(10)}
    assert sum(each_week.values()) == 405


def test_a_course_waits_for_its_start_date():
    of = problem([course("c1"), course("c2"), course("c3")])
    begin = datetime.date(2027, 1, 4)
    dates = {"c1": datetime.date(2027, 10, 4), "c2": datetime.date(2027, 3, 1)}
    order = stages(planned(of), of, frameworks(), begin, dates)
    assert [stage.course_id for stage in order] == ["c3", "c2", "c1"]
    assert [stage.first_week for stage in order] == [1, 31, 61]
    alone = stages(replace(planned(of), course_ids=("c2",)), of, frameworks(), begin, dates)
    assert alone[0].first_week == 9


def test_without_weekly_hours_there_are_no_weeks():
    of = problem(TWO_STEPS, [held()], {"budget_gbp": 5000})
    order = stages(planned(of), of, frameworks())
    assert [stage.first_week for stage in order] == [None, None]
    assert week_by_week(order) == ()


def test_exit_points_say_what_is_held_and_spent():
    of = problem(TWO_STEPS, [held()])
    smaller = [SmallerAward("cert-60", replace(of.target, total_credits=Fraction(60), min_credits_at_or_above=()))]
    plan = planned(of)
    points = exit_points(plan, stages(plan, of, frameworks()), of, smaller, frameworks())
    assert [point.after for point in points] == [None, "c2", "c1"]
    assert [point.holds for point in points] == [(), ("cert-60",), ("cert-60",)]
    assert [point.spent for point in points] == [0, 330, 630]
    assert [point.hours for point in points] == [0, 105, 405]
    assert [point.last_week for point in points] == [None, 11, 41]


def test_credit_stops_counting_on_the_first_day_that_is_too_late():
    of = problem([], [held()], credit_age_limit_years=10)
    (found,) = expiries(of.prior, [Goal("g", of.target)])
    assert (found.lasting, found.stops_counting) == (Lasting.UNTIL, datetime.date(2031, 1, 1))
    (unlimited,) = expiries(of.prior, [Goal("g", replace(of.target, credit_age_limit_years=None))])
    assert (unlimited.lasting, unlimited.stops_counting) == (Lasting.NO_LIMIT_STATED, None)
    (undated,) = expiries([replace(of.prior[0], year=None)], [Goal("g", of.target)])
    assert undated.lasting is Lasting.YEAR_NOT_STATED


def test_prospects_nearest_first_then_cheapest():
    of = problem([course("c1", price=500), course("c2", price=200), course("c3", price=100)], [held()])
    small, large = replace(of.target, total_credits=Fraction(60)), of.target
    dear, cheap = of.candidates[:1], of.candidates[1:2]
    goals = [
        Goal("far", large, of.candidates),
        Goal("dear", small, dear),
        Goal("cheap", small, cheap),
        Goal("none", small),
    ]
    found = prospects(of.prior, goals, frameworks(), Constraints(hours_per_week=Decimal(10)))
    assert [prospect.goal_id for prospect in found] == ["cheap", "dear", "none", "far"]
    assert [prospect.to_find for prospect in found] == [30, 30, 30, 60]
    assert [prospect.months for prospect in found] == [7, 7, None, 14]


def test_only_the_nearest_are_planned():
    of = problem([course("c1")], [held()])
    goals = [Goal(f"g{size}", replace(of.target, total_credits=Fraction(size)), of.candidates) for size in (90, 60)]
    found = prospects(of.prior, goals, frameworks(), plans=1)
    assert [(prospect.goal_id, prospect.planned) for prospect in found] == [("g60", True), ("g90", False)]


def test_the_next_course_closes_most_then_costs_least():
    of = problem(
        [course("c1", 20, 10), course("c2", 30, 400), course("c3", 30, 300), course("c4", 60, 1, prerequisites=["X"])]
    )
    found = next_course(of, frameworks())
    assert (found.course_id, found.closes, found.left) == ("c3", 30, 60)


def test_no_next_course_if_none_closes_anything():
    assert next_course(problem([course("c1", credit_bearing=False)]), frameworks()) is None
