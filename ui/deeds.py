"""What a visitor can do on the page besides typing a message: each deed gives the session after it, and what follows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from assistant.advise import Audience
from assistant.compare import MOST_COMPARED
from assistant.profile import LearnerProfile
from ui.deed import Deed, Do, Next, Parcel, text_of
from ui.keeping import KEEPING
from ui.prior_table import COLUMN_NAMES, COLUMNS, LONGEST_TEXT, Read, Row, read_rows, read_text, row_of
from ui.profile_form import SINGLE_FACTS, Draft, Unusable, read_fact
from ui.session import BY_HAND, Session
from ui.store import Feedback, Store
from ui.transcript import REASONS
from ui.words import LANGUAGES, Words


def say(deed: Deed) -> Next:
    """Sends a message that the page offered."""
    return Next(deed.session, say=deed.text("text"))


def retry(deed: Deed) -> Next:
    """Asks the last question again, from before it."""
    if not deed.session.turns or deed.session.turns[-1].before is None:
        return Next(deed.session)
    last = deed.session.turns[-1]
    before = deed.session.before(len(deed.session.turns) - 1)
    return Next(before, say=last.said) if last.said is not None else Next(before, again=last.note)


def edit(deed: Deed) -> Next:
    """Puts the last message back into the box; the conversation goes back to before it."""
    place = deed.session.last_message
    if place is None:
        return Next(deed.session)
    return Next(deed.session.before(place), box=deed.session.turns[place].said, status=deed.w("page.editing"))


def limit(deed: Deed) -> Next:
    """Takes one hard limit off the last search."""
    name = deed.text("name")
    words = deed.session.conversation.limits.get(name)
    if words is None:
        return Next(deed.session)
    conversation = deed.session.conversation.without_limit(name)
    return Next(replace(deed.session, conversation=conversation), again=deed.w("page.note.limit", limit=words))


def fact(deed: Deed) -> Next:
    """Sets one fact of the profile as typed."""
    name, typed = deed.text("name"), deed.text("value")
    if name not in SINGLE_FACTS:
        return Next(deed.session)
    try:
        value = read_fact(name, typed, deed.services.choices(), deed.w)
    except Unusable as fault:
        return Next(replace(deed.session, draft=Draft(name, (str(fault),), typed=typed)))
    profile = deed.session.conversation.profile.with_facts({name: value}, BY_HAND)
    return _changed(
        deed.session, profile, deed.w("profile.saved"), deed.w("page.note.fact", field=deed.w.of("profile.field", name))
    )


def drop(deed: Deed) -> Next:
    """Deletes one fact of the profile."""
    name = deed.text("name")
    profile = deed.session.conversation.profile
    if name not in profile.facts:
        return Next(deed.session)
    note = deed.w("page.note.drop", field=deed.w.of("profile.field", name))
    return _changed(deed.session, profile.without(name), deed.w("profile.deleted"), note)


def prior(deed: Deed) -> Next:
    """Replaces prior learning by the rows of the form."""
    rows = deed.fields.get("rows")
    if not isinstance(rows, list):
        return Next(deed.session)
    return _with_prior(deed.session, read_rows([_row(row) for row in rows[:LONGEST_TEXT]]), deed.w)


def rows(deed: Deed) -> Next:
    """Adds rows that were pasted or came from a file to the prior learning."""
    labels = {name: deed.w(COLUMN_NAMES[name]) for name in COLUMNS}
    read = read_text(deed.text("text") or ("\0" if "unreadable" in deed.fields else ""), labels)
    if not read.usable:
        held = tuple(map(row_of, deed.session.conversation.profile.prior_learning))
        faults = (deed.w("profile.prior.none_added"), *(fault.say(deed.w) for fault in read.shifted(len(held)).faults))
        return Next(
            replace(
                deed.session, draft=Draft("prior_learning", faults, (*held, *read.rows), read.shifted(len(held)).faults)
            )
        )
    profile = deed.session.conversation.profile.with_facts({"prior_learning": read.items}, BY_HAND)
    told = " ".join((deed.w("profile.prior.added", n=len(read.items)), *(fault.say(deed.w) for fault in read.faults)))
    return _changed(
        deed.session, profile, told, deed.w("page.note.fact", field=deed.w.of("profile.field", "prior_learning"))
    )


def _with_prior(session: Session, read: Read, w: Words) -> Next:
    if not read.usable:
        faults = tuple(fault.say(w) for fault in read.faults)
        return Next(replace(session, draft=Draft("prior_learning", faults, read.rows, read.faults)))
    profile = session.conversation.profile.without("prior_learning")
    if read.items:
        profile = profile.with_facts({"prior_learning": read.items}, BY_HAND)
    note = w("page.note.fact", field=w.of("profile.field", "prior_learning"))
    return _changed(session, profile, w("profile.saved"), note)


def _row(cells: Any) -> Row:
    return {name: text_of(cells, name) for name in COLUMNS} if isinstance(cells, dict) else {}


def example(deed: Deed) -> Next:
    """An example of a file that can be uploaded."""
    written = io.StringIO()
    csv.writer(written).writerows(
        (
            [deed.w(COLUMN_NAMES[column]) for column in COLUMNS],
            [
                deed.w("profile.prior.example_title"),
                "30",
                "CATS",
                "4",
                "FHEQ",
                "2024",
                "The Open University",
                deed.w("profile.prior.yes"),
            ],
        )
    )
    # Spreadsheets take a file for UTF-8 only if it starts with this mark.
    return Next(deed.session, parcel=Parcel("prior-learning.csv", "text/csv", ("\ufeff" + written.getvalue()).encode()))


def _changed(session: Session, profile: LearnerProfile, told: str, note: str) -> Next:
    """After a change of the profile: the last question is answered anew, if there is one."""
    after = replace(session, conversation=session.conversation.with_profile(profile), draft=None)
    return Next(after, again=note if _can_ask_again(after) else None, status=told)


def _can_ask_again(session: Session) -> bool:
    return bool(session.turns) and session.conversation.earlier is not None


def simple(deed: Deed) -> Next:
    """Shorter answers in the plainest words, or full ones again."""
    plain = deed.session.conversation.audience is not Audience.SIMPLE
    audience = Audience.SIMPLE if plain else Audience.LEARNER
    after = replace(deed.session, conversation=deed.session.conversation.with_audience(audience))
    note = deed.w("page.note.simple" if plain else "page.note.full")
    return Next(after, again=note if _can_ask_again(after) else None, status=note)


def language(deed: Deed) -> Next:
    """The page in another language."""
    code = deed.text("code")
    return Next(replace(deed.session, language=code, draft=None) if code in LANGUAGES else deed.session)


def compare(deed: Deed) -> Next:
    """Puts a course beside others, or takes it out again."""
    course = deed.text("course")
    if course in deed.session.compared:
        return Next(replace(deed.session, compared=tuple(one for one in deed.session.compared if one != course)))
    if deed.services.adviser.shelf.current().catalogue.course(course) is None:
        return Next(deed.session)
    if len(deed.session.compared) >= MOST_COMPARED:
        return Next(deed.session, status=deed.w("compare.full", most=MOST_COMPARED))
    return Next(replace(deed.session, compared=(*deed.session.compared, course)))


def uncompare(deed: Deed) -> Next:
    """Takes all courses out of the comparison."""
    return Next(replace(deed.session, compared=()))


def award(deed: Deed) -> Next:
    """The stack of another award."""
    chosen = deed.text("award")
    known = deed.services.adviser.shelf.current().catalogue.award(chosen) is not None
    return Next(replace(deed.session, award_id=chosen) if known else deed.session)


def route(deed: Deed) -> Next:
    """The cheapest or the fastest way in the stack."""
    chosen = deed.text("route")
    return Next(replace(deed.session, objective=chosen) if chosen in ROUTES else deed.session)


def thumb(deed: Deed) -> Next:
    """Stores whether an answer was useful, with how it was made; the same thumb again takes it back."""
    place = deed.place
    if place is None or deed.services.store is None:
        return Next(deed.session)
    up = deed.text("up") == "yes"
    turn = deed.session.turns[place]
    if turn.receipt is not None:
        deed.services.store.forget(None, [turn.receipt])
    if turn.up is up:
        return Next(deed.session.with_turn(place, replace(turn, up=None, receipt=None, note_given=False)))
    return Next(_given(deed.session, place, Feedback(up, None, None, turn.trace), deed.services.store))


def feedback(deed: Deed) -> Next:
    """Stores why an answer was useful or not, in place of the bare thumb."""
    place = deed.place
    if place is None or deed.services.store is None:
        return Next(deed.session)
    turn = deed.session.turns[place]
    if turn.up is None or turn.receipt is None:
        return Next(deed.session)
    because = deed.text("because")
    said = Feedback(turn.up, because if because in REASONS else None, deed.text("words").strip() or None, turn.trace)
    deed.services.store.forget(None, [turn.receipt])
    after = _given(deed.session, place, said, deed.services.store)
    return Next(after.with_turn(place, replace(after.turns[place], note_given=True)))


def _given(session: Session, place: int, said: Feedback, store: Store) -> Session:
    receipt = store.give_feedback(said, session.kept.key if session.kept else None)
    turn = replace(session.turns[place], up=said.up, receipt=receipt, note_given=False)
    return replace(session.with_turn(place, turn), receipts=(*session.receipts, receipt))


ROUTES = ("cheapest", "fastest")

DEEDS: Mapping[str, Do] = MappingProxyType(
    {
        "say": say,
        "retry": retry,
        "edit": edit,
        "limit": limit,
        "fact": fact,
        "drop": drop,
        "prior": prior,
        "rows": rows,
        "example": example,
        "simple": simple,
        "language": language,
        "compare": compare,
        "uncompare": uncompare,
        "thumb": thumb,
        "feedback": feedback,
        "award": award,
        "route": route,
        **KEEPING,
    }
)


def do(deed: Deed) -> Next:
    """Does what the browser asks for. What nobody knows changes nothing."""
    known = DEEDS.get(deed.text("do"))
    return Next(deed.session) if known is None else known(deed)
