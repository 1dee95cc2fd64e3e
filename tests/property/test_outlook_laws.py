"""Laws of what the stack picture shows, over random small problems, against the audit and the slow reading (oracle.py)."""

import collections
from fractions import Fraction

import oracle
from hypothesis import given
from hypothesis import strategies as st
from test_stacking_laws import laws, problems

from assistant.outlook_levels import Part, Selection, Way, level_credit, selected
from assistant.stacking import Audit, Problem, audit, read_problem
from assistant.stacking.plan import plan
from assistant.stacking.problem import Objective
from assistant.stacking.reasons import ReasonCode
from corpus.catalogue import frameworks

EXAMPLES = 800


class Drawn:
    """One problem with everything that the picture of it is made from."""

    def __init__(self, raw: oracle.Json, objective: Objective, hurried: bool) -> None:
        if hurried:  # Five hours in all: only what is held can count, and no credit can be found in time.
            raw["target_award"]["time_limit_years"], raw["constraints"]["hours_per_week"] = 1, 0.1
        self.raw = raw
        self.problem: Problem = read_problem(raw)
        self.audit: Audit = audit(self.problem, frameworks())
        self.planning = plan(self.problem, frameworks())
        self.chosen: Selection = selected(self.problem, self.audit, self.planning, objective, frameworks())
        course_ids = () if self.chosen.plan is None else self.chosen.plan.course_ids
        self.planned = [course for course in self.planning.considered if course.id in course_ids]
        self.levels = level_credit(self.problem.target, self.audit, self.chosen, self.planned)
        self.total = self.problem.target.total_credits

    def sum_of(self, *parts: Part, least: int = 0) -> Fraction:
        """Over all rows, or those at a known level of at least `least`."""
        rows = [row for row in self.levels if not least or (row.level is not None and row.level >= least)]
        return sum((row.of(part) for row in rows for part in parts), Fraction(0))


drawn = st.builds(
    Drawn,
    problems(),
    st.sampled_from([Objective.CHEAPEST, Objective.FASTEST]),
    st.sampled_from([False, False, False, True]),
)


def every_credit_held_is_in_exactly_one_part(found):
    """S9: `credits_eligible` is the "sum of counts"; every other item is in `does_not_count` with its reason."""
    out = found.audit.does_not_count
    expired = [entry for entry in out if entry.reason.code is ReasonCode.EXPIRED]
    assert found.sum_of(Part.EARNED, Part.CAPPED) == found.audit.credits_eligible
    assert found.sum_of(Part.EXPIRED) == sum(entry.weighed.credits for entry in expired)
    assert found.sum_of(Part.EXPIRED, Part.EXCLUDED) == sum(entry.weighed.credits for entry in out)
    assert all(amount > 0 for row in found.levels for amount in row.amounts.values())
    assert len({(row.level, row.any_level) for row in found.levels}) == len(found.levels)


def earned_planned_and_missing_make_the_award(found):
    """S7: "selected credits sum to at least `total_credits` (overshoot allowed)"."""
    chosen, planned = found.chosen, found.sum_of(Part.PLANNED)
    assert found.sum_of(Part.EARNED, Part.PLANNED, Part.MISSING) >= found.total
    assert planned == sum(course.credits for course in found.planned)
    if chosen.plan is not None:
        assert found.sum_of(Part.MISSING) == chosen.to_find
        assert planned == chosen.plan.new_credits - chosen.to_find
    assert (chosen.to_find > 0) == (chosen.way is Way.PARTLY)


def earned_is_what_the_audit_counts(found):
    """S9: `credits_counted` is "the most that can count under S5, never above the total"."""
    steps_matter = found.problem.target.rounding_multiple or found.problem.target.min_claim_credits
    if not (steps_matter and found.planned):
        assert found.sum_of(Part.EARNED) <= found.audit.credits_counted
    if found.chosen.way is Way.NOWHERE:
        assert found.sum_of(Part.EARNED) == found.audit.credits_counted
        assert found.sum_of(Part.MISSING) >= found.audit.credits_remaining


def what_a_level_still_needs_is_missing_there(found):
    """S7: "every `min_credits_at_or_above` is met"."""
    for minimum in found.problem.target.min_credits_at_or_above:
        have = found.sum_of(Part.EARNED, Part.PLANNED, Part.MISSING, least=minimum.level)
        assert have >= minimum.credits


def what_is_drawn_meets_the_rules_by_the_slow_reading(found):
    """S5, S7 and S8, read slowly, for the very selection that is drawn."""
    award, chosen = found.raw["target_award"], found.chosen
    kept, _ = oracle.sift_prior(found.raw)
    held = oracle.prepared(kept, award, new=False)
    prior = [(item, chosen.used[item["id"]]) for item in held if item["id"] in chosen.used]
    assert len(prior) == len(chosen.used)
    taken = {course.id for course in found.planned}
    courses = [course for course in found.raw["candidate_courses"] if course["id"] in taken]
    new = [(item, oracle.uk_credits(item)) for item in oracle.prepared(courses, award, new=True)]
    check = oracle.Checker(award, found.raw["constraints"] if chosen.way is Way.FINISHES else {})
    if chosen.way in (Way.FINISHES, Way.OVER_LIMITS):
        assert check.complete([*prior, *new])
        assert check.caps_hold([*prior, *new])
        assert check.cost([*prior, *new]) == chosen.plan.cost
    if chosen.way is Way.NOWHERE:
        assert check.caps_hold(prior)
        assert min(found.total, check.counted(prior)) == found.audit.credits_counted


LAWS = (
    every_credit_held_is_in_exactly_one_part,
    earned_planned_and_missing_make_the_award,
    earned_is_what_the_audit_counts,
    what_a_level_still_needs_is_missing_there,
    what_is_drawn_meets_the_rules_by_the_slow_reading,
)


def test_what_is_drawn_is_what_the_engine_proved():
    """Every law, for random problems that lead every way: one search for each problem serves them all."""
    seen = collections.Counter()

    @laws(EXAMPLES)
    @given(drawn)
    def every_law_holds(found):
        for law in LAWS:
            law(found)
        seen[found.chosen.way] += 1

    every_law_holds()
    assert min(seen[way] for way in Way) >= 5, seen
