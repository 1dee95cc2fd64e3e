"""What is kept between visits: learners' saved sessions, feedback, shares, advisers' cases, counts of unmet demand.

    store = Store.open(url)                  SQLite or PostgreSQL, see `ui.database`; raises `DatabaseProblem`
    store = Store.open(database_url(home))   the SQLite file of a data folder
    store.close()

A learner's session (`Json` is a dict that `json.dumps` takes; `assistant.saved` makes the conversation):

    keep(conversation, turns) -> Kept                        key (given out this once) and version
    find(key) -> SavedSession                                counts as use; raises `NotKept`
    save(key, version, conversation, turns=(), after=None) -> int          the new version; raises `NotKept`, `Changed`
    forget(key, receipts=())                                 everything of it, really; fine if it is gone already
    expire(now, keep_days) -> int                            how many sessions were too long unused and are gone now

Two tabs that save one session: the first wins, the second gets `Changed` and has saved nothing. Its turn is still on
its screen; it should `find` the session again, show it, and let the person send the turn once more.

Feedback, with or without a saved session:

    give_feedback(Feedback(up, reason, text, trace), key=None) -> receipt       hand it to `forget` when there is no key
    feedback(since) -> tuple[GivenFeedback, ...]

Sharing with an adviser. A code is used once, by one adviser, who then sees the session until the learner withdraws:

    share(key, hours=72) -> str                              "BCDF-2345-GHJK", given out this once
    shares(key) -> tuple[Share, ...]                         who has it; `agreed` is None while they may only read
    agree(key, share_id, write=True)                         let this adviser write as well, or only read again
    withdraw(key, share_id)                                  end this share
    shared_with_learner(key) -> tuple[SharedAdvice, ...]     what advisers reviewed and shared back

The adviser's side: `cases(adviser) -> Caseload`, see `ui.caseload`.

Unmet demand, counts only:

    count_unmet(subject, limits)                             never what a person typed: words of our own lists
    unmet(since) -> UnmetDemand                              counts below 5 are not given out

What `forget` (and expiry) does to advisers' cases: see `ui.caseload.part`.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ui import tables
from ui.caseload import Caseload, part
from ui.database import Database, database_url
from ui.saved_turns import Changed, Json, Turn, save_conversation, turns_of

__all__ = [
    "Changed", "Feedback", "GivenFeedback", "Json", "Kept", "NotKept", "SavedSession", "Share", "SharedAdvice", "Store", "Turn",
    "UnmetDemand", "database_url",
]  # fmt: skip

SMALLEST_COUNT = 5
"""Counts below this could point at a person and are not given out."""
LONGEST_FEEDBACK = 2_000
LONGEST_REASON = 60
LONGEST_SUBJECT = 80
SHARE_HOURS = 72
CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
"""No vowels, so no words; nothing that looks like something else. 12 of them hold 57 bits."""


class NotKept(Exception):
    """No session is kept under this key, or no longer."""

    def __str__(self) -> str:
        return "no session is kept under this link; it was deleted, it expired, or the link is not whole"


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as just saved. `key` is the only way back to it and is not stored; give it to the learner now."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class SavedSession:
    conversation: Json
    turns: tuple[Turn, ...]
    version: int
    created: datetime.datetime
    last_used: datetime.datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What someone thought of an answer. `trace`: the advice as JSON with its timings, corpus digest and model.

    `reason` is cut at 60 characters, `text` at 2,000.
    """

    up: bool
    reason: str | None
    text: str | None
    trace: Json


@dataclass(frozen=True, slots=True)
class GivenFeedback:
    feedback: Feedback
    given: datetime.datetime


@dataclass(frozen=True, slots=True)
class Share:
    """One code of a session: until when it can be used, who used it, and since when they may write."""

    id: int
    expires: datetime.datetime
    adviser: str | None
    opened: datetime.datetime | None
    agreed: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class SharedAdvice:
    """Advice that an adviser read, put into their own words, and shared with the learner."""

    adviser: str
    text: str
    shared: datetime.datetime


@dataclass(frozen=True, slots=True)
class UnmetCount:
    subject: str
    limits: str
    count: int


@dataclass(frozen=True, slots=True)
class UnmetDemand:
    """Searches without a match, most wanted first. `others`: searches in groups too small to name, `None` if there are
    too few of those altogether; `total` likewise."""

    counts: tuple[UnmetCount, ...]
    others: int | None
    total: int | None


Clock = Callable[[], datetime.datetime]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Store:
    """See the top of this file. Safe to use from many threads; several processes may open the same database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    def open(cls, url: str, clock: Clock = now) -> Store:
        """The store behind a URL, its tables brought up to date. Raises `DatabaseProblem`."""
        return cls(Database.open(url), clock)

    def close(self) -> None:
        self._database.close()

    # A learner's session

    def keep(self, conversation: Json, turns: Sequence[Turn] = ()) -> Kept:
        """Saves a session for the first time."""
        key = secrets.token_urlsafe(24)  # 192 bits
        moment = self._clock()
        values = {"key_hash": _hash(key), "conversation": conversation, "version": 0}
        with self._database.writing() as db:
            made = insert(tables.session).values(**values, created=moment, last_used=moment)
            session_id = db.scalars(made.returning(tables.session.c.id)).one()
            return Kept(key, save_conversation(db, session_id, 0, conversation, turns, None, moment))

    def find(self, key: str) -> SavedSession:
        """The session under a key, which counts as using it. Raises `NotKept`."""
        moment = self._clock()
        with self._database.writing() as db:
            row = _session(db, key)
            db.execute(update(tables.session).where(tables.session.c.id == row.id).values(last_used=moment))
            return SavedSession(row.conversation, turns_of(db, row.id), row.version, row.created, moment)

    def save(
        self, key: str, version: int, conversation: Json, turns: Sequence[Turn] = (), *, after: int | None = None
    ) -> int:
        """Saves what the conversation is now, and new turns, and gives the version to save over next time.

        `after`: how many of the stored turns stay before the new ones; all, if not given. Raises `NotKept`, `Changed`.
        """
        with self._database.writing() as db:
            row = _session(db, key)
            return save_conversation(db, row.id, version, conversation, turns, after, self._clock())

    def forget(self, key: str | None, receipts: Iterable[str] = ()) -> None:
        """Deletes a session with its turns, feedback and shares, and feedback given without one; see `part` for cases."""
        hashes = [_hash(receipt) for receipt in receipts]
        with self._database.writing() as db:
            if key is not None:
                self._delete(db, [row.id for row in db.execute(_by_key(key))])
            db.execute(delete(tables.feedback).where(tables.feedback.c.receipt_hash.in_(hashes)))
        self._database.scrub()

    def expire(self, now: datetime.datetime, keep_days: int) -> int:
        """Deletes what nobody used for `keep_days` days, as `forget` does, and feedback without a session that is as old.

        Cases that an adviser started are theirs to delete. Call it at start and at least once a day.
        """
        oldest = now - datetime.timedelta(days=keep_days)
        session, feedback = tables.session.c, tables.feedback.c
        with self._database.writing() as db:
            old = select(session.id).where(session.key_hash.is_not(None), session.last_used < oldest)
            ids = list(db.scalars(old))
            self._delete(db, ids)
            db.execute(delete(tables.feedback).where(feedback.session_id.is_(None), feedback.given < oldest))
            db.execute(delete(tables.share).where(tables.share.c.adviser.is_(None), tables.share.c.expires < now))
        self._database.scrub()
        return len(ids)

    def _delete(self, db: Connection, session_ids: Sequence[int]) -> None:
        part(db, tables.client_case.c.session_id.in_(session_ids), self._clock())
        db.execute(delete(tables.session).where(tables.session.c.id.in_(session_ids)))

    # Feedback

    def give_feedback(self, feedback: Feedback, key: str | None = None) -> str:
        """Stores it and gives a receipt, by which `forget` finds it when no session is kept. Raises `NotKept`."""
        receipt = secrets.token_urlsafe(24)
        with self._database.writing() as db:
            values = {
                "session_id": None if key is None else _session(db, key).id,
                "receipt_hash": _hash(receipt),
                "given": self._clock(),
                "up": feedback.up,
                "reason": feedback.reason and feedback.reason[:LONGEST_REASON],
                "text": feedback.text and feedback.text[:LONGEST_FEEDBACK],
                "trace": feedback.trace,
            }
            db.execute(insert(tables.feedback).values(**values))
        return receipt

    def feedback(self, since: datetime.datetime) -> tuple[GivenFeedback, ...]:
        """What was given since then, newest first."""
        given = tables.feedback.c.given
        with self._database.reading() as db:
            rows = db.execute(select(tables.feedback).where(given >= since).order_by(given.desc()))
            return tuple(GivenFeedback(Feedback(row.up, row.reason, row.text, row.trace), row.given) for row in rows)

    # Sharing with an adviser

    def share(self, key: str, hours: int = SHARE_HOURS) -> str:
        """A new code for a session, to be read out or typed; how often codes may be guessed is for the page to limit."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(12))
        moment = self._clock()
        values = {"code_hash": _hash(code), "created": moment, "expires": moment + datetime.timedelta(hours=hours)}
        with self._database.writing() as db:
            db.execute(insert(tables.share).values(session_id=_session(db, key).id, **values))
        return "-".join((code[:4], code[4:8], code[8:]))

    def shares(self, key: str) -> tuple[Share, ...]:
        """The shares of a session, oldest first. Raises `NotKept`."""
        with self._database.reading() as db:
            mine = tables.share.c.session_id == _session(db, key).id
            rows = db.execute(select(tables.share).where(mine).order_by(tables.share.c.id))
            return tuple(Share(row.id, row.expires, row.adviser, row.opened, row.agreed) for row in rows)

    def agree(self, key: str, share_id: int, write: bool = True) -> None:
        """Lets the adviser of a share write in the session, or only read it again."""
        with self._database.writing() as db:
            agreed = self._clock() if write else None
            db.execute(update(tables.share).where(*_own_share(db, key, share_id)).values(agreed=agreed))

    def withdraw(self, key: str, share_id: int) -> None:
        """Ends a share: its adviser sees nothing of the session from now on; see `part` for what stays of their case."""
        with self._database.writing() as db:
            own = _own_share(db, key, share_id)
            part(db, tables.client_case.c.share_id.in_(select(tables.share.c.id).where(*own)), self._clock())
            db.execute(delete(tables.share).where(*own))
        self._database.scrub()

    def shared_with_learner(self, key: str) -> tuple[SharedAdvice, ...]:
        """What advisers reviewed and shared about a session, oldest first. Raises `NotKept`."""
        case, draft = tables.client_case, tables.draft
        with self._database.reading() as db:
            shared = (
                select(case.c.adviser, draft.c.edited, draft.c.machine, draft.c.shared)
                .join(case, case.c.id == draft.c.client_case_id)
                .where(case.c.session_id == _session(db, key).id, draft.c.shared.is_not(None))
                .order_by(draft.c.shared)
            )
            return tuple(
                SharedAdvice(row.adviser, row.machine if row.edited is None else row.edited, row.shared)
                for row in db.execute(shared)
            )

    # Advisers

    def cases(self, adviser: str) -> Caseload:
        """The cases of one adviser, by the name they signed in with."""
        return Caseload(self._database, adviser, self._clock)

    # Unmet demand

    def count_unmet(self, subject: str, limits: Mapping[str, str]) -> None:
        """Counts one search that matched nothing: its subject in words of our own lists, and the limits in force."""
        values = {
            "month": self._clock().date().replace(day=1),
            "subject": subject[:LONGEST_SUBJECT],
            "limits": ", ".join(limits[name] for name in sorted(limits)),
        }
        with self._database.writing() as db:
            db.execute(insert(tables.unmet).values(**values))

    def unmet(self, since: datetime.date) -> UnmetDemand:
        """Counts from the month of `since` on; those below 5 only together, and only if that makes 5 or more."""
        unmet = tables.unmet.c
        number = func.count().label("number")
        grouped = (
            select(unmet.subject, unmet.limits, number)
            .where(unmet.month >= since.replace(day=1))
            .group_by(unmet.subject, unmet.limits)
            .order_by(number.desc(), unmet.subject, unmet.limits)
        )
        with self._database.reading() as db:
            counts = [UnmetCount(row.subject, row.limits, row.number) for row in db.execute(grouped)]
        named = tuple(one for one in counts if one.count >= SMALLEST_COUNT)
        others = sum(one.count for one in counts) - sum(one.count for one in named)
        # Without the others, the total would give them away.
        open_to_say = others == 0 or others >= SMALLEST_COUNT
        total = sum(one.count for one in counts) if open_to_say else None
        return UnmetDemand(named, others if open_to_say else None, total)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _by_key(key: str) -> Any:
    return select(tables.session).where(tables.session.c.key_hash == _hash(key))


def _session(db: Connection, key: str) -> Row[Any]:
    row = db.execute(_by_key(key)).one_or_none()
    if row is None:
        raise NotKept
    return row


def _own_share(db: Connection, key: str, share_id: int) -> tuple[Any, ...]:
    """Conditions that pick one share of the session under a key."""
    return tables.share.c.session_id == _session(db, key).id, tables.share.c.id == share_id
