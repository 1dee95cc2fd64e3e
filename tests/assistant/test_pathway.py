"""Audits of real awards in conversation: follow-ups change the profile, and nothing is said beyond size and level."""

from decimal import Decimal

import pytest

from assistant.advise import Adviser, Conversation
from assistant.pathway import Pathway, Pathways, is_heap
from assistant.profile import LearnerProfile, PriorLearning
from assistant.stacking.awards import Incomplete

QUESTION = "I've got 60 credits at level 4 from 2012 and an OU module, what do I still need for a CertHE?"


@pytest.fixture(scope="module")
def pathways(adviser: Adviser) -> Pathways:
    return adviser.shelf.current().pathways


def held(*items: PriorLearning) -> LearnerProfile:
    return LearnerProfile().with_facts({"prior_learning": items}, "form")


def worth(amount: int, level: int, year: int = 2024, body: str | None = None) -> PriorLearning:
    return PriorLearning(f"{amount} at {level}", Decimal(amount), "CATS", level, "FHEQ", year, body)


def towards(pathways: Pathways, adviser: Adviser, award_id: str, profile: LearnerProfile, start: int = 2026) -> Pathway:
    award = adviser.shelf.current().catalogue.award(award_id)
    assert award is not None
    found = pathways.towards(award, profile, start)
    assert isinstance(found, Pathway)
    return found


def test_a_follow_up_fills_in_what_was_missing_and_the_audit_runs_again(adviser: Adviser) -> None:
    first = adviser.advise(QUESTION)
    assert "At most 60 UK credits" in first.answer.claims[0].text
    assert first.answer.pathways[0]["does_not_count"][0]["reason_code"] == "CREDIT_NOT_STATED"
    second = adviser.advise("the OU module was 30 credits at level 4 in 2019", first.conversation)
    assert "At most 90 UK credits" in second.answer.claims[0].text
    assert second.answer.pathways[0]["credits_remaining"] == 30
    assert second.answer.pathways[0]["standing"] == "may_count"


def test_another_university_brings_its_own_rules(adviser: Adviser) -> None:
    conversation: Conversation | None = None
    for message in (QUESTION, "the OU module was 30 credits at level 4 in 2019", "What if I go to Sheffield Hallam?"):
        advice = adviser.advise(message, conversation)
        conversation = advice.conversation
    pathway = advice.answer.pathways[0]
    assert pathway["award_id"] == "shu-certhe"
    # "60 credits" are several courses of unknown size, so a part of them may count beside the module's 30.
    assert (pathway["effective_transfer_cap"], pathway["credits_counted"]) == (80, 80)


def test_credit_too_old_for_the_award_is_named_with_its_limit(pathways: Pathways, adviser: Adviser) -> None:
    pathway = towards(pathways, adviser, "strathclyde-open-studies", held(worth(10, 4, 2015)))
    assert [left.reason.code for left in pathway.result.audit.does_not_count] == ["EXPIRED"]


def test_the_national_minimum_holds_even_where_the_award_does_not_state_it(
    pathways: Pathways, adviser: Adviser
) -> None:
    pathway = towards(pathways, adviser, "leicester-honours-degree", held(worth(120, 4)))
    assert pathway.floor is not None
    assert pathway.floor.id == "fheq-honours-degree"
    assert [(level.at_or_above, level.required) for level in pathway.result.audit.level_minimums] == [(6, 90)]


def test_credit_below_the_level_still_needed_is_not_promised(adviser: Adviser) -> None:
    answer = adviser.advise(
        "I've got 120 credits at level 4 from 2024, what do I still need for a master's degree?"
    ).answer
    assert "At most 30 UK credits" in answer.claims[0].text
    assert "at least 150 more" in answer.claims[0].text


def test_enough_credit_is_not_called_an_award(adviser: Adviser) -> None:
    answer = adviser.advise("I've got 120 credits at level 4 from 2024, what do I still need for a CertHE?").answer
    assert "does not give you the award" in answer.claims[0].text


def test_every_award_of_the_catalogue_can_be_audited_or_says_what_is_missing(
    pathways: Pathways, adviser: Adviser
) -> None:
    profile = held(worth(60, 4, 2015), worth(30, 5, body="The Open University"), worth(15, 7))
    awards = adviser.shelf.current().catalogue.awards
    found = [pathways.towards(award, profile, 2026) for award in awards]
    audited = [entry for entry in found if isinstance(entry, Pathway)]
    assert len(audited) > 150
    for entry in audited:
        result = entry.to_json()
        assert 0 <= result["credits_counted"] <= entry.target.total_credits
        assert len(result["counts"]) + len(result["does_not_count"]) == 3
    assert all(entry.fields for entry in found if isinstance(entry, Incomplete))


def test_what_if_names_the_nearest_awards_first(pathways: Pathways) -> None:
    nearest = pathways.nearest(held(worth(100, 4)), 2026)
    assert nearest[0].award.id == "fheq-certhe"
    assert [near.prospect.to_find for near in nearest] == sorted(near.prospect.to_find for near in nearest)


def test_a_course_without_a_claim_is_a_dead_end(pathways: Pathways, adviser: Adviser) -> None:
    catalogue = adviser.shelf.current().catalogue
    dead = [course for course in catalogue.courses if pathways.where_it_counts(course.id).dead_end]
    assert all(not any(claim.strength != "preparatory" for claim in course.stacks_into) for course in dead)
    assert 50 < len(dead) < len(catalogue.courses)


def test_a_numbered_course_stays_whole_and_an_amount_does_not() -> None:
    """What has a name, though a number is in it, is one course; an amount told in passing is several."""
    assert not is_heap(PriorLearning("Course 12", Decimal(45), "CATS", 4, "FHEQ"))
    assert is_heap(PriorLearning("280", Decimal(280), "CATS"))
