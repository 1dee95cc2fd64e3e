"""Keeping a session, sharing it, taking it away as a file, and forgetting it: what a visitor can do in the view "Keep".

Nothing is stored until a visitor presses "Keep this for later" or shares; from then on each turn is.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from assistant.answer import Outcome
from assistant.saved import conversation_json, read_conversation
from ui.deed import Deed, Do, Next, Parcel, Services
from ui.export import (
    LARGEST_RESUME,
    AdviceRecord,
    Exchange,
    letter,
    letter_pdf,
    read_resume,
    record_of,
    titles_of,
    to_csv,
    to_html,
    to_json,
    to_pdf,
)
from ui.saved_answer import answer_of
from ui.session import Kept, Session, Turn
from ui.store import Changed, NotKept, SavedSession
from ui.store import Turn as StoredTurn
from ui.unmet import looked_for
from ui.words import Words


def keep_up(session: Session, services: Services) -> Session:
    """The session with what is new in it stored, if its visitor keeps it. Raises `NotKept`, `Changed`."""
    kept, store = session.kept, services.store
    if kept is None or store is None:
        return session
    same = _shared(kept.turns, session.turns)
    if same == len(kept.turns) == len(session.turns) and kept.conversation == session.conversation:
        return session
    new = [_stored(turn, _now()) for turn in session.turns[same:]]
    version = store.save(kept.key, kept.version, conversation_json(session.conversation), new, after=same)
    return replace(session, kept=_fresh(session, kept.key, version, services))


def count_unmet(session: Session, services: Services) -> None:
    """Counts a search that found nothing, in words of our own lists, so that a university can see what people look for."""
    answer, earlier = session.last, session.conversation.earlier
    if services.store is None or answer is None or earlier is None or answer.outcome is not Outcome.NO_MATCH:
        return
    library = services.adviser.shelf.current()
    services.store.count_unmet(looked_for(earlier.message, library), session.conversation.limits)


def _shared(before: tuple[Turn, ...], now: tuple[Turn, ...]) -> int:
    """How many turns at the start are the same."""
    pairs = enumerate(zip(before, now, strict=False))
    return next((n for n, (a, b) in pairs if a.trace is not b.trace), min(len(before), len(now)))


def _fresh(session: Session, key: str, version: int, services: Services) -> Kept:
    store = services.store
    assert store is not None
    old = session.kept
    return Kept(
        key,
        version,
        until=_now().date() + datetime.timedelta(days=services.keep_days),
        turns=session.turns,
        conversation=session.conversation,
        shares=store.shares(key),
        code=old.code if old else None,
        advice=store.shared_with_learner(key),
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _stored(turn: Turn, said: datetime.datetime) -> StoredTurn:
    return StoredTurn(turn.said if turn.said is not None else turn.note, turn.trace, said)


def keep(deed: Deed) -> Next:
    """Stores the session and shows its private link."""
    return Next(_kept(deed)) if deed.services.store is not None else Next(deed.session)


def _kept(deed: Deed) -> Session:
    session, store = deed.session, deed.services.store
    assert store is not None
    if session.kept is not None:
        return session
    moment = _now()
    made = store.keep(conversation_json(session.conversation), [_stored(turn, moment) for turn in session.turns])
    return replace(session, kept=_fresh(session, made.key, made.version, deed.services))


def resume(deed: Deed) -> Next:
    """The session behind a private link."""
    if deed.services.store is None:
        return Next(deed.session)
    key = deed.text("key")
    try:
        found = deed.services.store.find(key)
    except NotKept:
        return Next(deed.session, status=deed.w("keep.expired"))
    session = _resumed(found, deed)
    return Next(
        replace(session, kept=_fresh(session, key, found.version, deed.services)), status=deed.w("keep.resumed")
    )


def _resumed(found: SavedSession, deed: Deed) -> Session:
    catalogue = deed.services.adviser.shelf.current().catalogue
    turns = (
        Turn(
            None if "note" in stored.advice else stored.message,
            answer_of(stored.advice, catalogue),
            stored.advice,
            str(stored.advice.get("note", "")),
        )
        for stored in found.turns
    )
    return Session(read_conversation(found.conversation), tuple(turns), language=deed.session.language)


def open_file(deed: Deed) -> Next:
    """The conversation in a file that was downloaded here; its last question is answered anew from today's records."""
    text = deed.fields.get("text")
    content = text[: LARGEST_RESUME + 1].encode() if isinstance(text, str) else b""
    try:
        conversation = read_conversation(read_resume(content))
    except ValueError as error:
        return Next(deed.session, status=deed.w("keep.file_unusable", why=str(error)))
    session = Session(conversation, language=deed.session.language)
    told = deed.w("keep.resumed")
    return Next(session, again=told if conversation.earlier is not None else None, status=told)


def share(deed: Deed) -> Next:
    """A code by which one adviser can read the session; it is stored from now on."""
    if deed.services.store is None:
        return Next(deed.session)
    session = _kept(deed)
    assert session.kept is not None
    code = deed.services.store.share(session.kept.key)
    shares = deed.services.store.shares(session.kept.key)
    return Next(replace(session, kept=replace(session.kept, code=code, shares=shares)), status=deed.w("keep.code_made"))


def agree(deed: Deed) -> Next:
    """Lets the adviser of a share write as well, or only read again."""
    kept, store, share_id = deed.session.kept, deed.services.store, deed.number("share")
    if kept is not None and store is not None and share_id is not None:
        store.agree(kept.key, share_id, deed.text("write") == "yes")
    return look(deed)


def withdraw(deed: Deed) -> Next:
    """Ends a share."""
    kept, store, share_id = deed.session.kept, deed.services.store, deed.number("share")
    if kept is not None and store is not None and share_id is not None:
        store.withdraw(kept.key, share_id)
    return replace(look(deed), status=deed.w("keep.share_stopped"))


def look(deed: Deed) -> Next:
    """Looks again whether an adviser has used a code, or shared advice back."""
    session, kept, store = deed.session, deed.session.kept, deed.services.store
    if kept is None or store is None:
        return Next(session)
    shares = store.shares(kept.key)
    code = kept.code if any(share.adviser is None for share in shares) else None
    after = replace(kept, shares=shares, code=code, advice=store.shared_with_learner(kept.key))
    return Next(replace(session, kept=after))


def forget(deed: Deed) -> Next:
    """Deletes everything: what is stored, the feedback that was given, and the page."""
    session = deed.session
    stored = session.kept is not None or bool(session.receipts)
    if deed.services.store is not None and stored:
        deed.services.store.forget(session.kept.key if session.kept else None, session.receipts)
    told = deed.w("keep.forgotten" if stored else "keep.forgotten_nothing")
    return Next(Session(language=session.language), box="", status=told)


def download(deed: Deed) -> Next:
    """The record of advice in the form that was asked for."""
    made = FORMS.get(deed.text("form"))
    if made is None or not deed.session.turns:
        return Next(deed.session)
    name, kind, write = made
    return Next(deed.session, parcel=Parcel(name, kind, write(record(deed.session, deed.services))))


FORMS: Mapping[str, tuple[str, str, Callable[[AdviceRecord], bytes]]] = MappingProxyType(
    {
        "pdf": ("stack-advisor.pdf", "application/pdf", lambda record: to_pdf(record)),
        "html": ("stack-advisor.html", "text/html", lambda record: to_html(record).encode()),
        # Spreadsheets take a file for UTF-8 only if it starts with this mark.
        "csv": ("stack-advisor.csv", "text/csv", lambda record: ("\ufeff" + to_csv(record)).encode()),
        "json": ("stack-advisor.json", "application/json", lambda record: to_json(record).encode()),
    }
)
"""Form -> name of the file, its type, and how it is written."""


def record(session: Session, services: Services) -> AdviceRecord:
    """The one object behind every form."""
    exchanges = [Exchange(turn.said if turn.said is not None else turn.note, turn.trace) for turn in session.turns]
    return record_of(
        exchanges,
        session.conversation.profile.to_json(),
        made=_now().date(),
        program=services.program,
        titles=titles_of(services.adviser.shelf.current().catalogue),
        conversation=conversation_json(session.conversation),
    )


def write_letter(deed: Deed) -> Next:
    """The letter to a university, as a PDF."""
    if not deed.session.turns:
        return Next(deed.session)
    university = " ".join(deed.text("university").split())[:120] or None
    content = letter_pdf(letter(record(deed.session, deed.services), university=university))
    return Next(deed.session, parcel=Parcel("letter.pdf", "application/pdf", content))


def not_stored(error: Exception, w: Words) -> str | None:
    """What to tell a visitor whose session could not be stored; `None` if the error is about something else."""
    match error:
        case Changed():
            return w("keep.elsewhere")
        case NotKept():
            return w("keep.expired")
    return None


KEEPING: Mapping[str, Do] = MappingProxyType(
    {
        "keep": keep,
        "resume": resume,
        "open": open_file,
        "share": share,
        "agree": agree,
        "withdraw": withdraw,
        "look": look,
        "forget": forget,
        "download": download,
        "letter": write_letter,
    }
)
