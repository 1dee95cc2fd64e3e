"""What is known about a learner, as they see and change it: every fact, its origin, and their own words when it fails."""

from decimal import Decimal

import pytest

from assistant.profile import FIELDS, LearnerProfile, PriorLearning
from tests.ui.test_fragments import HOSTILE, Reader
from ui.profile_form import SINGLE_FACTS, Choices, Draft, Unusable, profile_html, read_fact
from ui.words import words

W = words("en")
CHOICES = Choices((("nurse", "Registered nurse"), ("cook", "Cook")), (("uni-bsc", "BSc Care, Example University"),))
PROFILE = (
    LearnerProfile()
    .with_facts({"occupation": "nurse", "budget_gbp": Decimal("400"), "mode": "in_person"}, "turn 2")
    .with_facts({"target_award": "uni-bsc", "hours_per_week": Decimal("7.5"), "highest_level": 4}, "form")
    .with_facts({"nation": "Wales", "prior_learning": (PriorLearning("HNC Care", Decimal(96), "SCQF"),)}, "file")
)


def test_every_fact_is_shown_in_words_with_where_it_came_from() -> None:
    text = Reader(profile_html(PROFILE, CHOICES, W)).text
    for part in ("Job you want", "Registered nurse", "you said, message 2", "£400", "BSc Care, Example University"):
        assert part in text
    for part in (
        "you typed it here",
        "7.5",
        "Wales",
        "from your file",
        "HNC Care",
        "Credits: 96 SCQF",
        "Level: not said",
    ):
        assert part in text
    assert "uni-bsc" not in text
    assert "in_person" not in text


def test_every_fact_can_be_changed_and_deleted_or_added() -> None:
    page = Reader(profile_html(PROFILE, CHOICES, W))
    forms = [a["data-name"] for tag, a in page.tags if tag == "form" and a.get("data-do") == "fact"]
    assert sorted(forms) == sorted(SINGLE_FACTS)  # type: ignore[type-var]
    deleted = [a["data-name"] for tag, a in page.tags if a.get("data-do") == "drop"]
    assert sorted(deleted) == sorted(PROFILE.facts)  # type: ignore[type-var]
    assert page.open == []


def test_every_field_of_a_profile_has_words() -> None:
    for name in FIELDS:
        assert W.of("profile.field", name)


def test_every_box_has_a_label() -> None:
    page = Reader(profile_html(PROFILE, CHOICES, W))
    labelled = {a["for"] for tag, a in page.tags if tag == "label" and "for" in a}
    for tag, named in page.tags:
        if tag in ("input", "select", "textarea") and "id" in named:
            assert named["id"] in labelled


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("budget_gbp", " £1,250.50 ", Decimal("1250.50")),
        ("hours_per_week", "7.5", Decimal("7.5")),
        ("age", "19", 19),
        ("goal", "  become \n a nurse ", "become a nurse"),
        ("nation", "Wales", "Wales"),
        ("occupation", "nurse", "nurse"),
    ],
)
def test_a_typed_fact_is_read(name: str, typed: str, value: object) -> None:
    assert read_fact(name, typed, CHOICES, W) == value


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("age", "old", "Age: “old” cannot be used. Please give a number from 0 to 120."),
        ("age", "19.5", "Age: “19.5” cannot be used. Please give a number from 0 to 120."),
        ("budget_gbp", "-1", "Money you can spend: “-1” cannot be used. Please give a number from 0 to 1,000,000."),
        ("hours_per_week", "NaN", "Hours a week for study: “NaN” cannot be used. Please give a number from 0 to 168."),
        ("goal", " ", "Goal: “” cannot be used. Please give a few words."),
        ("nation", "France", "Where you live: “France” cannot be used. Please give one of the choices."),
        ("occupation", "astronaut", "Job you want: “astronaut” cannot be used. Please give one of the choices."),
    ],
)
def test_what_cannot_be_used_is_said_with_what_would_do(name: str, typed: str, told: str) -> None:
    with pytest.raises(Unusable, match=f"^{told.replace('.', '[.]')}$"):
        read_fact(name, typed, CHOICES, W)


def test_what_could_not_be_used_is_still_there() -> None:
    page = profile_html(PROFILE, CHOICES, W, Draft("age", ("Age: no.",), typed="very 'old'"))
    fields = {a["id"]: a for tag, a in Reader(page).tags if tag == "input" and "id" in a}
    assert fields["sa-about-age"]["value"] == "very 'old'"
    assert fields["sa-about-age"]["aria-invalid"] == "true"
    assert "sa-about-age-faults" in str(fields["sa-about-age"]["aria-describedby"])


def test_hostile_facts_do_nothing() -> None:
    profile = LearnerProfile().with_facts(
        {"goal": HOSTILE, "access_needs": HOSTILE, "prior_learning": (PriorLearning(HOSTILE, awarding_body=HOSTILE),)},
        "turn 1",
    )
    choices = Choices(((HOSTILE, HOSTILE),), ((HOSTILE, HOSTILE),))
    draft = Draft("prior_learning", (HOSTILE,), ({"title": HOSTILE, "credits": HOSTILE},))
    page = Reader(profile_html(profile, choices, W, draft))
    assert not {"script", "img", "iframe", "svg"} & {tag for tag, _ in page.tags}
    assert not [name for _, named in page.tags for name in named if name.startswith("on")]
    assert page.text.count(HOSTILE) >= 4
