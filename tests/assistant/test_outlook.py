""" "Your stack" over the real catalogue: every award adds up, every list gives reasons, and nothing is guessed."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from assistant.advise import Adviser
from assistant.outlook import Outlook, choices, national_stages, outlook
from assistant.outlook_levels import Part, Way
from assistant.outlook_words import incomplete_words
from assistant.pathway import Pathway
from assistant.profile import LearnerProfile, PriorLearning
from assistant.shelf import Library
from assistant.stacking.awards import Incomplete
from assistant.stacking.problem import Objective
from assistant.stacking.standing import Standing

START = datetime.date(2026, 11, 25)


@pytest.fixture(scope="module")
def library(adviser: Adviser) -> Library:
    return adviser.shelf.current()


def worth(amount: int, level: int, year: int | None = 2022) -> PriorLearning:
    return PriorLearning(f"Study worth {amount}", Decimal(amount), "CATS", level, "FHEQ", year)


def held(*items: PriorLearning, **facts: object) -> LearnerProfile:
    return LearnerProfile().with_facts({"prior_learning": items, **facts}, "form")


MIXED = held(worth(60, 4), worth(30, 5), worth(40, 6, 2009), hours_per_week=Decimal(8))
LEARNERS = {
    "nothing": LearnerProfile(),
    "mixed": MIXED,
    "little money and time": MIXED.with_facts({"budget_gbp": Decimal(100), "weeks_available": 30}, "form"),
    "no hours": held(worth(120, 4, None), worth(90, 6), mode="online"),
}


def seen(
    library: Library, profile: LearnerProfile, award_id: str, objective: Objective = Objective.CHEAPEST
) -> Outlook:
    found = outlook(library, profile, award_id, objective, START)
    assert isinstance(found, Outlook)
    return found


def texts(found: Outlook) -> Iterator[str]:
    for line in (*found.counts, *found.does_not_count, *found.needed, *found.courses_left_out):
        yield from (line.what, line.why)
    yield from (*found.assumptions, *found.unknown, found.who_decides)


@pytest.mark.parametrize("learner", list(LEARNERS))
def test_every_award_of_the_catalogue_adds_up_and_speaks_plainly(library: Library, learner: str) -> None:
    catalogue = library.catalogue
    raw = re.compile(r"\b(?:" + "|".join(re.escape(r.id) for r in (*catalogue.courses, *catalogue.awards)) + r")\b")
    ways: Counter[str] = Counter()
    for award in catalogue.awards:
        for objective in (Objective.CHEAPEST, Objective.FASTEST):
            found = outlook(library, LEARNERS[learner], award.id, objective, START)
            if isinstance(found, Incomplete):
                assert award.title in incomplete_words(found, award)
                ways["incomplete"] += 1
                continue
            ways[found.way] += 1
            adds_up(found)
            assert [text for text in texts(found) if raw.search(text) or "{" in text or "_" in text] == [], award.id
    assert ways[Way.PARTLY] > 100
    assert ways[Way.FINISHES] > 10


def adds_up(found: Outlook) -> None:
    """What is drawn against S9, for one award."""
    audit, sums = found.audit, {part: found.sum_of(part) for part in Part}
    assert all(amount > 0 for row in found.levels for amount in row.amounts.values())
    assert sums[Part.EARNED] + sums[Part.CAPPED] == audit.credits_eligible
    assert sums[Part.EARNED] + sums[Part.PLANNED] + sums[Part.MISSING] - found.beyond == found.total
    assert sums[Part.EARNED] <= audit.credits_counted <= found.total
    assert sums[Part.PLANNED] == sum(step.stage.credits for step in found.steps)
    assert sums[Part.MISSING] == sum(line.credits or 0 for line in found.needed if "No course" in line.why)
    assert (sums[Part.MISSING] > 0) == (found.way in (Way.PARTLY, Way.NOWHERE))
    assert bool(found.exits) == bool(found.steps)
    if found.exits:
        last = found.exits[-1]
        assert last.new_credits == sums[Part.PLANNED]
        assert last.hours == sum(step.stage.hours for step in found.steps)
        assert last.cost.unpriced == sum(step.course.price_gbp is None for step in found.steps)
        assert [point.after for point in found.exits] == [None, *(step.course for step in found.steps)]


def test_the_figure_is_the_one_the_chat_gives(library: Library, adviser: Adviser) -> None:
    advice = adviser.advise("I've got 120 credits at level 4 from 2024, what do I still need for a master's degree?")
    assert "At most 30 UK credits" in advice.answer.claims[0].text
    found = seen(library, advice.conversation.profile, "fheq-masters")
    assert (found.usable, found.sum_of(Part.EARNED), found.sum_of(Part.MISSING)) == (30, 30, 150)
    assert [line.what for line in found.does_not_count] == ["90 credits of what may count"]
    assert [line.what for line in found.needed] == ["150 more credits at level 7 or above"]


def test_a_level_is_named_in_the_framework_of_the_award(library: Library) -> None:
    found = seen(library, MIXED, "scqf-masters")
    assert [row.level for row in found.levels] == [11, 9, 8, 7]
    assert "150 more credits at SCQF level 11 or above" in [line.what for line in found.needed]
    assert "60 credits at SCQF level 7." in [line.why for line in found.counts]


def test_old_credit_is_drawn_as_old_and_newer_credit_has_its_last_day(library: Library) -> None:
    found = seen(library, MIXED, "ou-certhe-open")
    assert found.sum_of(Part.EXPIRED) == 40
    assert "at most 16 years old" in found.does_not_count[0].why
    assert found.counts[0].why == "60 credits at level 4. It stops counting on 1 January 2039."


def test_the_two_routes_are_both_known_and_each_is_drawn_when_chosen(library: Library) -> None:
    cheap, fast = (seen(library, MIXED, "ou-certhe-open", o) for o in (Objective.CHEAPEST, Objective.FASTEST))
    assert cheap.routes == fast.routes
    assert not cheap.same_route
    for found, route in ((cheap, cheap.routes[0]), (fast, cheap.routes[1])):
        assert tuple(step.course.id for step in found.steps) == route.course_ids
        assert (found.exits[-1].cost, found.exits[-1].last_week) == (route.cost, route.weeks)
    assert [point.completes for point in cheap.exits] == [False, True]
    assert cheap.beyond == 30


def test_the_smaller_awards_on_the_way_are_named_where_their_rules_are_met(library: Library) -> None:
    found = seen(library, MIXED, "ou-open-degree")
    assert [award.id for award in found.exits[0].own] == []
    assert [award.id for award in found.exits[1].own] == ["ou-certhe-open"]
    assert {award.id for award in found.exits[-1].own} == {"ou-certhe-open", "ou-diphe-open"}
    sizes = [point.size.id for point in found.exits if point.size]
    assert sizes[0] == "fheq-certhe"
    assert sizes[-1] == "fheq-diphe"
    assert not any(point.completes for point in found.exits)


@pytest.mark.parametrize(
    ("award_id", "stages"),
    [
        ("fheq-masters", ["fheq-pgcert", "fheq-pgdip"]),
        ("scqf-masters", ["scqf-pgcert", "scqf-pgdip"]),
        ("fheq-integrated-masters", ["fheq-certhe", "fheq-diphe", "fheq-ordinary-degree", "fheq-honours-degree"]),
        ("fheq-diphe", ["fheq-certhe"]),
        ("pearson-hnd", []),
    ],
)
def test_the_stages_of_an_award_are_smaller_awards_of_its_own_kind(
    library: Library, award_id: str, stages: list[str]
) -> None:
    award = library.catalogue.award(award_id)
    assert award is not None
    pathway = library.pathways.towards(award, MIXED, START.year)
    assert isinstance(pathway, Pathway)
    assert [stage for stage, _ in national_stages(library, pathway)] == stages


def test_without_weekly_hours_there_are_hours_and_no_weeks(library: Library) -> None:
    found = seen(library, MIXED.without("hours_per_week"), "ou-certhe-open")
    assert [point.last_week for point in found.exits] == [None] * len(found.exits)
    assert found.exits[-1].hours == 600
    assert "How many hours a week you can study." in found.unknown
    assert any("ten hours are counted for each UK credit" in text for text in found.assumptions)


def test_courses_without_a_price_are_counted_and_not_taken_for_free(library: Library) -> None:
    found = seen(library, LearnerProfile(), "huddersfield-cpd-pgcert")
    assert (found.exits[-1].cost.pounds, found.exits[-1].cost.unpriced) == (0, 2)
    assert found.standing is Standing.PUBLISHED
    assert len([text for text in found.unknown if text.startswith("The price of")]) == 2
    many = seen(library, MIXED, "ou-certhe-open").unknown
    assert many == ("Something about 18 other courses that may count.",)


def test_a_plan_over_the_budget_is_shown_as_such(library: Library) -> None:
    found = seen(library, LEARNERS["little money and time"], "ou-certhe-open")
    assert (found.way, found.routes) == (Way.OVER_LIMITS, ())
    assert found.steps
    assert "It would work with £3,536 more and 45 more weeks." in [line.why for line in found.needed]


def test_required_modules_that_cannot_be_planned_are_named_by_title(library: Library) -> None:
    found = seen(library, MIXED, "pearson-hnd-computing-2022")
    required = [line.what for line in found.needed if "required module" in line.why]
    assert "Programming (Higher National unit)" in required
    assert found.courses_left_out


def test_nobody_in_particular_decides_about_a_national_minimum(library: Library) -> None:
    found = seen(library, MIXED, "fheq-certhe")
    assert found.who_decides == "the university or college you choose"
    assert not any("National framework" in text for text in texts(found))
    assert seen(library, MIXED, "ou-certhe-open").who_decides == "The Open University"


def test_an_award_that_does_not_say_enough_is_incomplete_in_words(library: Library) -> None:
    found = outlook(library, MIXED, "sqa-hnc", Objective.CHEAPEST, START)
    assert isinstance(found, Incomplete)
    award = library.catalogue.award("sqa-hnc")
    assert award is not None
    assert "do not say how many credits it takes" in incomplete_words(found, award)


def test_an_id_of_no_award_is_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="award_id = 'ou-tm111', expected the id of an award"):
        outlook(library, MIXED, "ou-tm111", Objective.CHEAPEST, START)


def test_the_choice_is_the_target_then_what_was_named_then_the_nearest(library: Library) -> None:
    profile = MIXED.with_facts({"target_award": "ou-open-degree"}, "turn 1")
    found = choices(library, profile, START, ["sqa-hnc", "fheq-certhe", "ou-open-degree", "no-such-award"])
    assert [choice.award.id for choice in found[:3]] == ["ou-open-degree", "sqa-hnc", "fheq-certhe"]
    assert (found[0].usable, found[0].missing) == (Fraction(90), Fraction(270))
    assert (found[1].usable, found[1].missing, found[1].unknown) == (None, None, ("total_credits",))
    assert len({choice.award.id for choice in found}) == len(found) > 3
    assert library.pathways.nearest(profile, START.year)[0].award.id == "fheq-certhe"
    assert choices(library, LearnerProfile(), START) == ()


def test_a_choice_says_what_the_outlook_says(library: Library) -> None:
    for choice in choices(library, MIXED, START, ["fheq-masters"]):
        found = seen(library, MIXED, choice.award.id)
        assert choice.usable == found.usable
        assert choice.missing == found.total - found.usable
