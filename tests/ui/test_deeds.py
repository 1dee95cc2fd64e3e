"""What a visitor can do, without a browser: each deed gives the session after it; what makes no sense changes nothing."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.advise import Adviser, Audience
from assistant.profile import PriorLearning
from ui.deed import Deed, Next, Services
from ui.deeds import DEEDS, do
from ui.keeping import count_unmet, keep_up
from ui.session import Session
from ui.store import Changed, NotKept, Store, database_url
from ui.words import words

W = words("en")
LOAN = "Can I get a loan for one module?"
BOOKKEEPING = "Free online bookkeeping course?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(database_url(tmp_path))
    yield store
    store.close()


@pytest.fixture
def services(adviser: Adviser, store: Store) -> Services:
    return Services(adviser, store, 30, "0.1.0")


def press(session: Session, services: Services, what: str, /, **fields: Any) -> Next:
    return do(Deed(session, {"do": what, **fields}, services, W))


def asked(session: Session, message: str, services: Services) -> Session:
    advice = services.adviser.advise(message, session.conversation)
    return session.with_advice(advice, message, "", session.conversation)


def test_retry_asks_the_same_from_before_it(services: Services) -> None:
    session = asked(asked(Session(), LOAN, services), BOOKKEEPING, services)
    after = press(session, services, "retry")
    assert after.say == BOOKKEEPING
    assert after.session.turns == session.turns[:1]
    assert after.session.conversation == session.turns[1].before


def test_edit_puts_the_message_back_and_forgets_what_it_said(services: Services) -> None:
    session = asked(Session(), f"I live in Wales. {LOAN}", services)
    after = press(session, services, "edit")
    assert (after.box, after.say) == (f"I live in Wales. {LOAN}", None)
    assert after.session.conversation.profile.facts == {}


def test_what_was_typed_by_hand_stays_when_a_message_is_edited(services: Services) -> None:
    session = asked(Session(), f"I live in Wales. {LOAN}", services)
    session = press(session, services, "fact", name="age", value="40").session
    after = press(session, services, "edit").session
    assert {name: fact.value for name, fact in after.conversation.profile.facts.items()} == {"age": 40}


def test_a_fact_is_set_and_asks_anew(services: Services) -> None:
    session = asked(Session(), LOAN, services)
    after = press(session, services, "fact", name="budget_gbp", value="£300")
    assert after.session.conversation.profile.facts["budget_gbp"].source == "form"
    assert after.session.conversation.profile.get("budget_gbp") == Decimal(300)
    assert after.again == "You changed “Money you can spend”. Here is the answer with that."


def test_before_any_question_a_fact_asks_nothing(services: Services) -> None:
    assert press(Session(), services, "fact", name="age", value="40").again is None


def test_a_limit_is_lifted(services: Services) -> None:
    session = asked(Session(), BOOKKEEPING, services)
    name = next(iter(session.conversation.limits))
    after = press(session, services, "limit", name=name)
    assert name not in after.session.conversation.limits
    assert after.again is not None


def test_rows_are_added_and_the_form_replaces_them(services: Services) -> None:
    added = press(Session(), services, "rows", text="Title\tCredits\nA\t10\nB\t20").session
    assert [item.title for item in added.conversation.profile.prior_learning] == ["A", "B"]
    replaced = press(added, services, "prior", rows=[{"title": "C"}]).session
    assert replaced.conversation.profile.prior_learning == (PriorLearning("C"),)
    emptied = press(replaced, services, "prior", rows=[]).session
    assert "prior_learning" not in emptied.conversation.profile.facts


def test_faulty_rows_change_nothing_and_stay_to_be_mended_under_those_that_are_there(services: Services) -> None:
    session = press(Session(), services, "rows", text="Title\tCredits\nA\t10").session
    after = press(session, services, "rows", text="Title\tCredits\nB\tmany").session
    assert after.conversation == session.conversation
    assert after.draft is not None
    assert [row["title"] for row in after.draft.rows] == ["A", "B"]
    assert "Row 2, Credits" in after.draft.faults[1]


def test_four_courses_are_compared_and_no_more(services: Services) -> None:
    ids = [course.id for course in services.adviser.shelf.current().catalogue.courses[:5]]
    session = Session()
    for course in ids:
        after = press(session, services, "compare", course=course)
        session = after.session
    assert session.compared == tuple(ids[:4])
    assert after.status == "You can compare 4 at a time. Take one out first."
    assert press(session, services, "compare", course=ids[1]).session.compared == (ids[0], ids[2], ids[3])
    assert press(session, services, "uncompare").session.compared == ()


def test_simple_words_are_a_switch(services: Services) -> None:
    session = asked(Session(), LOAN, services)
    plain = press(session, services, "simple")
    assert plain.session.conversation.audience is Audience.SIMPLE
    assert plain.again is not None
    assert press(plain.session, services, "simple").session.conversation.audience is Audience.LEARNER


def test_an_example_file_can_be_brought_in_as_it_is(services: Services) -> None:
    parcel = press(Session(), services, "example").parcel
    assert parcel is not None
    after = press(Session(), services, "rows", text=parcel.content.decode()).session
    assert after.conversation.profile.prior_learning[0].awarding_body == "The Open University"


@pytest.mark.parametrize("name", sorted(DEEDS))
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {
            "name": "no such fact",
            "value": "x",
            "turn": "99",
            "course": "x",
            "award": "x",
            "route": "x",
            "share": "1",
            "form": "exe",
        },
        {"name": None, "value": 3, "turn": -1, "rows": "x", "text": {"a": 1}, "course": ["x"], "key": 0, "code": True},
        {"rows": [None, 3, {"title": ["x"]}], "turn": "0" * 5000, "share": "²"},
    ],
)
def test_nonsense_from_a_browser_does_no_harm(services: Services, name: str, fields: dict[str, Any]) -> None:
    session = Session()
    after = press(session, services, name, **fields)
    assert after.session.turns == ()
    assert after.session.conversation.profile.facts == {}


def test_a_deed_nobody_knows_does_nothing(services: Services) -> None:
    assert press(Session(), services, "__init__") == Next(Session())
    assert do(Deed(Session(), {}, services, W)) == Next(Session())


def test_a_thumb_is_stored_and_taken_back(services: Services, store: Store) -> None:
    start = datetime.datetime.now(datetime.UTC)
    session = asked(Session(), LOAN, services)
    up = press(session, services, "thumb", turn="0", up="yes").session
    assert [given.feedback.up for given in store.feedback(start)] == [True]
    down = press(up, services, "thumb", turn="0", up="no").session
    assert [given.feedback.up for given in store.feedback(start)] == [False]
    why = press(down, services, "feedback", turn="0", because="wrong", words="The price").session
    (given,) = store.feedback(start)
    assert (given.feedback.reason, given.feedback.text, given.feedback.trace["model"]) == ("wrong", "The price", "none")
    assert press(why, services, "thumb", turn="0", up="no").session.turns[0].up is None
    assert store.feedback(start) == ()


def test_forget_takes_feedback_too(services: Services, store: Store) -> None:
    start = datetime.datetime.now(datetime.UTC)
    session = press(asked(Session(), LOAN, services), services, "thumb", turn="0", up="yes").session
    after = press(session, services, "forget")
    assert store.feedback(start) == ()
    assert after.session == Session()


def test_a_kept_session_is_resumed_turn_by_turn(services: Services) -> None:
    session = press(asked(Session(), f"I live in Wales. {LOAN}", services), services, "keep").session
    assert session.kept is not None
    session = keep_up(asked(session, BOOKKEEPING, services), services)
    assert session.kept is not None
    resumed = press(Session(), services, "resume", key=session.kept.key).session
    assert [turn.said for turn in resumed.turns] == [turn.said for turn in session.turns]
    assert resumed.conversation == session.conversation
    assert [claim.text for claim in resumed.turns[1].answer.claims] == [c.text for c in session.turns[1].answer.claims]
    assert [pick.course for pick in resumed.turns[1].answer.picks] == [p.course for p in session.turns[1].answer.picks]


def test_a_turn_that_was_taken_back_is_not_kept(services: Services, store: Store) -> None:
    session = press(asked(asked(Session(), LOAN, services), BOOKKEEPING, services), services, "keep").session
    session = keep_up(asked(press(session, services, "edit").session, "30 ECTS in UK credits?", services), services)
    assert session.kept is not None
    assert [turn.message for turn in store.find(session.kept.key).turns] == [LOAN, "30 ECTS in UK credits?"]


def test_two_windows_cannot_write_over_each_other(services: Services) -> None:
    session = press(asked(Session(), LOAN, services), services, "keep").session
    keep_up(asked(session, BOOKKEEPING, services), services)
    with pytest.raises(Changed):
        keep_up(asked(session, "30 ECTS in UK credits?", services), services)


def test_what_was_forgotten_elsewhere_is_not_kept(services: Services) -> None:
    session = press(asked(Session(), LOAN, services), services, "keep").session
    press(session, services, "forget")
    with pytest.raises(NotKept):
        keep_up(asked(session, BOOKKEEPING, services), services)


def test_without_a_store_nothing_is_kept(services: Services) -> None:
    alone = replace(services, store=None)
    session = asked(Session(), LOAN, alone)
    for name in ("keep", "share", "look", "withdraw", "agree"):
        assert press(session, alone, name, share="1").session == session
    assert press(session, alone, "thumb", turn="0", up="yes").session == session
    assert press(session, alone, "forget").session == Session()


def test_a_downloaded_file_goes_on(services: Services) -> None:
    session = asked(Session(), f"I live in Wales. {LOAN}", services)
    parcel = press(session, services, "download", form="json").parcel
    assert parcel is not None
    opened = press(Session(), services, "open", text=parcel.content.decode())
    assert opened.session.conversation == session.conversation
    assert opened.again is not None


def test_a_search_that_finds_nothing_is_counted_without_its_words(services: Services, store: Store) -> None:
    for _ in range(5):
        count_unmet(
            asked(Session(), "A free level 7 bookkeeping course in person in Scotland, says Zebedee", services),
            services,
        )
        count_unmet(asked(Session(), LOAN, services), services)
    found = store.unmet(datetime.date(2000, 1, 1))
    assert [one.count for one in found.counts] == [5]
    assert "Zebedee" not in str(found)
