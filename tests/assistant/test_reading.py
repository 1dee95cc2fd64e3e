"""What is read from a message: names with slips, constraints, prior learning, and nothing that was not said."""

from decimal import Decimal

import pytest

from assistant.follow import Earlier
from assistant.limits import Constraints, in_force
from assistant.needs import Need
from assistant.profile import LearnerProfile, PriorLearning, ProfileError, read_profile
from assistant.reading import Reading
from assistant.sentences import LONGEST_MESSAGE, clean
from assistant.shelf import Library


@pytest.fixture(scope="module")
def library(adviser) -> Library:
    return adviser.shelf.current()


def read(library: Library, message: str, earlier: Earlier | None = None) -> Reading:
    return library.reader.read(message, earlier)


@pytest.mark.parametrize(
    ("message", "kind", "record_id"),
    [
        ("is TM111 any good", "course", "ou-tm111"),
        ("is tm111 any good", "course", "ou-tm111"),
        ("i want to be a nurse", "occupation", "nurse"),
        ("teching assistent work", "occupation", "teaching-assistant"),
        ("towards a CertHE", "award", "fheq-certhe"),
        ("an OU module", "provider", "The Open University"),
        ("at Sheffield Hallam", "provider", "Sheffield Hallam University"),
        ("a Hallam MSc", "provider", "Sheffield Hallam University"),
        ("an Access to HE course", "award", "access-to-he-diploma-award"),
        ("is the Zenith Academy diploma any good", "unknown_name", "Zenith Academy"),
        ("it's called SuperCert", "unknown_name", "SuperCert"),
        ("I live in Cardiff", "place", "Wales"),
        ("what is ZZ999", "unknown_code", "ZZ999"),
    ],
)
def test_names_are_found(library: Library, message: str, kind: str, record_id: str) -> None:
    assert record_id in read(library, message).mentions.ids(kind)


@pytest.mark.parametrize("message", ["HNC 96 pts", "IT skills", "I am mourning", "what does it cost"])
def test_everyday_words_are_not_names(library: Library, message: str) -> None:
    mentions = read(library, message).mentions
    assert mentions.ids("occupation") == ()
    assert mentions.ids("provider") == ()


def test_constraints_are_what_was_asked_for(library: Library) -> None:
    wanted = read(library, "find me level 4 courses in Scotland under £500 online").constraints
    assert wanted.level is not None
    assert (wanted.level.number, wanted.nation, wanted.max_price, wanted.mode) == (
        4,
        "Scotland",
        Decimal(500),
        "online",
    )


@pytest.mark.parametrize(
    "message",
    ["I work from 9 to 5 and have free time", "what is a credit", "I live in Cardiff, how do I use the LLE?"],
)
def test_nothing_is_demanded_that_was_not_said(library: Library, message: str) -> None:
    assert not read(library, message).constraints


def test_a_person_is_no_unknown_name(library: Library) -> None:
    assert read(library, "my son is called Ahmed Khan and goes to college").mentions.ids("unknown_name") == ()


def test_each_amount_of_a_list_has_the_level_that_ends_it(library: Library) -> None:
    facts = read(
        library,
        "The degree is 360 credits and takes up to 240 from elsewhere. I bring 120 at L4, then 60, 60 and 30 at L5",
    ).facts
    assert [(item.credits, item.level) for item in facts["prior_learning"]] == [(120, 4), (60, 5), (60, 5), (30, 5)]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("any programming unit in Glasgow?", None),
        ("a free bookkeeping course", None),
        ("a nursing course", "nurse"),
        ("I want to get into programming, which course?", "software-developer"),
    ],
)
def test_a_subject_is_a_goal_only_where_it_is_wanted_or_regulated(
    library: Library, message: str, wanted: str | None
) -> None:
    assert read(library, message).facts.get("occupation") == wanted


def test_a_question_that_leans_on_the_one_before_is_searched_with_it(library: Library) -> None:
    _, second = read(library, "Are four modules at a uni a degree? And do they go out of date?").queries
    assert second == "Are four modules at a uni a degree? And do they go out of date?"


def test_a_loan_that_is_named_is_no_search_for_courses(library: Library) -> None:
    assert read(library, "my gran 64 wants the LLE for a full course in Hull").needs[0][0] is Need.FUND


def test_amounts_of_another_question_set_no_limit(library: Library) -> None:
    constraints = read(
        library, "Any online psychology modules of 20 credits? How many would I need for 60 credits?"
    ).constraints
    assert constraints.credits is not None
    assert constraints.credits.points == 20


def test_where_someone_lives_is_a_fact_and_not_where_they_must_study(library: Library) -> None:
    reading = read(library, "find me a free course in bookkeeping, I live in Belfast")
    assert reading.facts["nation"] == "Northern Ireland"
    assert reading.constraints.nation is None


def test_prior_learning_keeps_what_was_said_and_leaves_the_rest_open(library: Library) -> None:
    facts = read(
        library, "I've got 60 credits at level 4 from 2012 and an OU module, what do I still need for a CertHE?"
    ).facts
    assert facts["target_award"] == "fheq-certhe"
    first, second = facts["prior_learning"]
    assert (first.credits, first.level, first.year) == (Decimal(60), 4, 2012)
    assert (second.credits, second.awarding_body) == (None, "The Open University")


@pytest.mark.parametrize(
    "message", ["Can I use 60 credits in an MSc?", "I need 120 credits", "how many credits is a PGCert"]
)
def test_a_question_or_a_wish_is_not_prior_learning(library: Library, message: str) -> None:
    assert "prior_learning" not in read(library, message).facts


@pytest.mark.parametrize(
    ("message", "need"),
    [
        ("free evening course in welding", Need.SEARCH),
        ("20 ects in british credits", Need.CONVERT),
        ("can i get a loan for a module", Need.FUND),
        ("will employers take it seriously", Need.EVIDENCE),
        ("what is rpl", Need.EXPLAIN),
        ("what is the weather like", Need.OUT_OF_SCOPE),
    ],
)
def test_needs(library: Library, message: str, need: Need) -> None:
    assert read(library, message).needs[0][0] is need


def test_a_short_follow_up_is_read_with_what_came_before(library: Library) -> None:
    assert (
        "bookkeeping"
        in read(library, "only online", Earlier("free bookkeeping courses", Constraints(max_price=Decimal(0)))).queries[
            0
        ]
    )
    assert (
        "bookkeeping"
        not in read(
            library, "how many credits is a master's degree in total?", Earlier("bookkeeping", Constraints())
        ).queries[0]
    )


def test_long_and_unprintable_messages_are_cut_and_cleaned(library: Library) -> None:
    assert clean("a\x00b\ud800c\n\td") == "a b c. d"
    reading = read(library, "word " * 5000)
    assert reading.cut
    assert len(reading.message) <= LONGEST_MESSAGE


def test_more_about_an_item_fills_it_in_instead_of_adding_another() -> None:
    start = LearnerProfile().with_facts(
        {"prior_learning": (PriorLearning("OU module", awarding_body="The Open University"),)}, "turn 1"
    )
    told = PriorLearning(
        "the OU module", credits=Decimal(30), level=4, framework="FHEQ", awarding_body="The Open University"
    )
    after = start.with_facts({"prior_learning": (told,)}, "turn 2")
    assert after.prior_learning == (
        PriorLearning("OU module", credits=Decimal(30), level=4, framework="FHEQ", awarding_body="The Open University"),
    )


def test_a_profile_survives_its_own_json() -> None:
    profile = LearnerProfile().with_facts(
        {"nation": "Wales", "budget_gbp": Decimal(400), "prior_learning": (PriorLearning("HNC", year=2015),)}, "turn 1"
    )
    again = read_profile(profile.to_json())
    assert {name: fact.value for name, fact in again.facts.items()} == {
        name: fact.value for name, fact in profile.facts.items()
    }


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], "(whole file)"),
        ({"shoe_size": 9}, "shoe_size"),
        ({"age": "forty"}, "age"),
        ({"age": -1}, "age"),
        ({"budget_gbp": True}, "budget_gbp"),
        ({"prior_learning": "an HNC"}, "prior_learning"),
        ({"prior_learning": [{"title": "HNC", "credits": -5}]}, "prior_learning.credits"),
    ],
)
def test_an_unusable_profile_names_the_field(data: object, field: str) -> None:
    with pytest.raises(ProfileError) as error:
        read_profile(data)
    assert error.value.field == field


def test_a_known_budget_never_relaxes_what_an_earlier_search_asked_for(library: Library) -> None:
    profile = LearnerProfile().with_facts({"budget_gbp": Decimal(400)}, "turn 1")
    earlier = Earlier("free bookkeeping courses", Constraints(max_price=Decimal(0)), ((Need.SEARCH, 1.0),))
    followed = library.reader.read("only online", earlier)
    assert in_force(followed.constraints, profile).max_price == 0
    assert in_force(library.reader.read("bookkeeping courses please").constraints, profile).max_price == 400


@pytest.mark.parametrize(
    ("message", "referred"),
    [
        ("what about the second one?", ("b",)),
        ("the first and the third", ("a", "c")),
        ("does it count towards a degree?", ("a",)),
        ("I am in my first year at university", ()),
        ("I finished last year", ()),
    ],
)
def test_only_words_that_point_at_the_list_refer_to_it(
    library: Library, message: str, referred: tuple[str, ...]
) -> None:
    earlier = Earlier("courses", Constraints(), ((Need.SEARCH, 1.0),), ("a", "b", "c"))
    assert library.reader.read(message, earlier).referred == referred
