"""One adviser's cases: client sessions, notes, action plans, exceptions and drafts. Nobody else's can be reached.

    cases = store.cases("ama")               raises `NotYours` for a case, note, action or draft of somebody else
    cases.list() -> tuple[CaseLine, ...]                                    last changed first
    cases.start(label, conversation) -> int                                 the id of a new case
    cases.open_shared(code, label) -> int                                   a learner's session; raises `BadCode`
    cases.read(case_id) -> Case
    cases.rename(case_id, label), cases.delete(case_id), cases.take_down(case_id, intake)
    cases.save(case_id, version, conversation, turns=(), after=None) -> int  raises `ReadOnly`, `Changed`
    cases.add_note(case_id, text) -> int, cases.delete_note(case_id, note_id)
    cases.add_action(case_id, what, who, due) -> int, cases.set_done(case_id, action_id, done), .delete_action(…)
    cases.make_exception(case_id, award_id, item, decision, reason, uk_credits=None, level=None) -> int, .take_back(…)
    cases.add_draft(case_id, turn, machine) -> int, .edit_draft(case_id, draft_id, text), .review_draft(…), .share_draft(…)

A shared session is never copied: an adviser reads the learner's own rows, and, once the learner has agreed, adds to
them. What a case holds beside them is the adviser's own work.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, Table, delete, exists, func, insert, or_, select, update

from ui import tables
from ui.database import Database
from ui.saved_turns import Changed, Json, Turn, save_conversation, turns_of

__all__ = [
    "Action",
    "BadCode",
    "Case",
    "CaseLine",
    "Caseload",
    "Changed",
    "Draft",
    "MadeException",
    "NotYours",
    "Note",
    "ReadOnly",
]

LONGEST_LABEL = 80
LONGEST_TEXT = 20_000


class NotYours(Exception):
    """There is no such case, or it belongs to another adviser: which of the two is not told."""

    def __str__(self) -> str:
        return "there is no such case on your caseload"


class BadCode(Exception):
    """A share code that opens nothing: mistyped, used already, or too old."""

    def __str__(self) -> str:
        return "this code opens nothing; it may be mistyped, used already or out of date; ask the learner for a new one"


class ReadOnly(Exception):
    """The learner has not agreed that their adviser may write in the session, or has taken that back."""

    def __str__(self) -> str:
        return "this is the learner's own session, and they have not agreed that you may write in it"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list. `due`: the earliest date of an action that is not done."""

    id: int
    label: str
    shared: bool
    turns: int
    changed: datetime.datetime
    due: datetime.date | None
    open_actions: int
    learner_gone: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    text: str
    written: datetime.datetime


@dataclass(frozen=True, slots=True)
class Action:
    """A step of the plan: what, who does it, by when (`None`: no date), and when it was done."""

    id: int
    what: str
    who: str
    due: datetime.date | None
    added: datetime.datetime
    done: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class MadeException:
    """One item accepted or refused against the rules of an award, with the adviser's reason. `credits` are UK credits."""

    id: int
    award_id: str
    item: str
    decision: str
    credits: int | None
    level: int | None
    reason: str
    made: datetime.datetime
    withdrawn: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Advice before it is shared: the machine's words for a turn (from 1), and what the adviser made of them.

    Both are kept. Editing takes a review back; only what was reviewed can be shared, and what was shared stays as it is.
    """

    id: int
    turn: int
    machine: str
    edited: str | None
    made: datetime.datetime
    changed: datetime.datetime | None
    reviewed: datetime.datetime | None
    shared: datetime.datetime | None

    @property
    def text(self) -> str:
        return self.machine if self.edited is None else self.edited


@dataclass(frozen=True, slots=True)
class Case:
    """Everything of one case. `conversation` is `None` and `turns` empty once a learner has deleted what they shared."""

    id: int
    label: str
    shared: bool
    may_write: bool
    conversation: Json | None
    version: int
    turns: tuple[Turn, ...]
    intake: Json
    notes: tuple[Note, ...]
    actions: tuple[Action, ...]
    exceptions: tuple[MadeException, ...]
    drafts: tuple[Draft, ...]
    created: datetime.datetime
    changed: datetime.datetime
    learner_gone: datetime.datetime | None


class DraftState(Exception):
    """A draft that cannot be edited or shared as it is; `expected` says what would do."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected

    def __str__(self) -> str:
        return f"this draft {self.expected}"


class Caseload:
    """See the top of this file."""

    def __init__(self, database: Database, adviser: str, clock: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._adviser = adviser
        self._clock = clock

    def list(self) -> tuple[CaseLine, ...]:
        """The adviser's cases, last changed first."""
        case, action = tables.client_case.c, tables.action.c
        open_action = (action.client_case_id == case.id, action.done.is_(None))
        counted = select(
            tables.client_case,
            select(func.count()).where(tables.turn.c.session_id == case.session_id).scalar_subquery().label("turns"),
            select(func.min(action.due)).where(*open_action).scalar_subquery().label("due"),
            select(func.count()).select_from(tables.action).where(*open_action).scalar_subquery().label("open_actions"),
        ).where(case.adviser == self._adviser)
        with self._database.reading() as db:
            rows = db.execute(counted.order_by(case.changed.desc(), case.id.desc()))
            return tuple(
                CaseLine(
                    row.id, row.label, row.share_id is not None, row.turns, row.changed, row.due, row.open_actions,
                    row.learner_gone,
                )
                for row in rows
            )  # fmt: skip

    def start(self, label: str, conversation: Json) -> int:
        """A new case with a conversation of its own. The label is the adviser's to choose and should name nobody."""
        moment = self._clock()
        values = {"conversation": conversation, "version": 1, "created": moment, "last_used": moment}
        with self._database.writing() as db:
            session_id = db.scalars(insert(tables.session).values(**values).returning(tables.session.c.id)).one()
            return self._new_case(db, label, session_id, None)

    def open_shared(self, code: str, label: str) -> int:
        """A case over the session that a learner shared; the code is spent. Raises `BadCode`."""
        share = tables.share.c
        moment = self._clock()
        with self._database.writing() as db:
            taken = (
                update(tables.share)
                .where(share.code_hash == code_hash(code), share.adviser.is_(None), share.expires > moment)
                .values(adviser=self._adviser, opened=moment)
                .returning(share.id, share.session_id)
            )
            row = db.execute(taken).one_or_none()
            if row is None:
                raise BadCode
            return self._new_case(db, label, row.session_id, row.id)

    def _new_case(self, db: Connection, label: str, session_id: int, share_id: int | None) -> int:
        moment = self._clock()
        values = {"adviser": self._adviser, "label": label[:LONGEST_LABEL], "intake": {}}
        belongs = {"session_id": session_id, "share_id": share_id, "created": moment, "changed": moment}
        made = insert(tables.client_case).values(**values, **belongs).returning(tables.client_case.c.id)
        return int(db.scalars(made).one())

    def read(self, case_id: int) -> Case:
        """Everything of one case. Raises `NotYours`."""
        with self._database.reading() as db:
            row = self._case(db, case_id)
            session = db.execute(select(tables.session).where(tables.session.c.id == row.session_id)).one_or_none()
            return Case(
                id=row.id,
                label=row.label,
                shared=row.share_id is not None,
                may_write=_may_write(db, row),
                conversation=None if session is None else session.conversation,
                version=0 if session is None else session.version,
                turns=() if session is None else turns_of(db, session.id),
                intake=row.intake,
                notes=tuple(Note(**one) for one in _rows(db, tables.note, case_id)),
                actions=tuple(Action(**one) for one in _rows(db, tables.action, case_id)),
                exceptions=tuple(MadeException(**one) for one in _rows(db, tables.exception, case_id)),
                drafts=tuple(Draft(**one) for one in _rows(db, tables.draft, case_id)),
                created=row.created,
                changed=row.changed,
                learner_gone=row.learner_gone,
            )

    def rename(self, case_id: int, label: str) -> None:
        with self._database.writing() as db:
            self._change(db, case_id, label=label[:LONGEST_LABEL])

    def take_down(self, case_id: int, intake: Json) -> None:
        """What the intake form holds beside the profile, which is in the conversation."""
        with self._database.writing() as db:
            self._change(db, case_id, intake=intake)

    def delete(self, case_id: int) -> None:
        """Deletes a case with all that was written in it, and its conversation unless that is the learner's own."""
        with self._database.writing() as db:
            row = self._case(db, case_id)
            db.execute(delete(tables.client_case).where(tables.client_case.c.id == case_id))
            if row.share_id is None:
                db.execute(delete(tables.session).where(tables.session.c.id == row.session_id))
            else:
                db.execute(delete(tables.share).where(tables.share.c.id == row.share_id))
        self._database.scrub()

    def save(
        self, case_id: int, version: int, conversation: Json, turns: Sequence[Turn] = (), *, after: int | None = None
    ) -> int:
        """As `Store.save`. Raises `ReadOnly` for a shared session whose learner has not agreed."""
        with self._database.writing() as db:
            row = self._case(db, case_id)
            if not _may_write(db, row):
                raise ReadOnly
            self._change(db, case_id)
            return save_conversation(db, row.session_id, version, conversation, turns, after, self._clock())

    # Notes and the action plan

    def add_note(self, case_id: int, text: str) -> int:
        return self._add(tables.note, case_id, text=text[:LONGEST_TEXT], written=self._clock())

    def delete_note(self, case_id: int, note_id: int) -> None:
        self._remove(tables.note, case_id, note_id)

    def add_action(self, case_id: int, what: str, who: str, due: datetime.date | None) -> int:
        values = {"what": what[:LONGEST_TEXT], "who": who[:LONGEST_LABEL], "due": due}
        return self._add(tables.action, case_id, **values, added=self._clock())

    def set_done(self, case_id: int, action_id: int, done: bool) -> None:
        with self._database.writing() as db:
            self._change_part(db, tables.action, case_id, action_id, done=self._clock() if done else None)

    def delete_action(self, case_id: int, action_id: int) -> None:
        self._remove(tables.action, case_id, action_id)

    # Exceptions

    def make_exception(
        self,
        case_id: int,
        award_id: str,
        item: str,
        decision: str,
        reason: str,
        uk_credits: int | None = None,
        level: int | None = None,
    ) -> int:
        """Records an exception in place of an earlier one for the same item and award, which is kept as withdrawn.

        `decision` is `accept` or `refuse`, as `assistant.stacking.overrides` applies it.
        """
        one = tables.exception.c
        moment = self._clock()
        with self._database.writing() as db:
            self._case(db, case_id)
            same = (one.client_case_id == case_id, one.award_id == award_id, one.item == item, one.withdrawn.is_(None))
            db.execute(update(tables.exception).where(*same).values(withdrawn=moment))
            values = {"award_id": award_id, "item": item, "decision": decision, "credits": uk_credits, "level": level}
            return self._insert(db, tables.exception, case_id, **values, reason=reason[:LONGEST_TEXT], made=moment)

    def take_back(self, case_id: int, exception_id: int) -> None:
        """Withdraws an exception: the rules decide again. That it was made stays on record."""
        with self._database.writing() as db:
            self._change_part(db, tables.exception, case_id, exception_id, withdrawn=self._clock())

    # Drafts

    def add_draft(self, case_id: int, turn: int, machine: str) -> int:
        """A draft of the advice of one turn (from 1), in the machine's words."""
        return self._add(tables.draft, case_id, turn=turn, machine=machine, made=self._clock())

    def edit_draft(self, case_id: int, draft_id: int, text: str) -> None:
        """The adviser's words in place of the machine's, which stay beside them. Raises `DraftState` once shared."""
        with self._database.writing() as db:
            if self._part(db, tables.draft, case_id, draft_id).shared is not None:
                raise DraftState("was shared and stays as it was; start a new one")
            values = {"edited": text[:LONGEST_TEXT], "changed": self._clock(), "reviewed": None}
            self._change_part(db, tables.draft, case_id, draft_id, **values)

    def review_draft(self, case_id: int, draft_id: int) -> None:
        with self._database.writing() as db:
            self._change_part(db, tables.draft, case_id, draft_id, reviewed=self._clock())

    def share_draft(self, case_id: int, draft_id: int) -> None:
        """Shares a reviewed draft; a learner who shared their session sees it there. Raises `DraftState`."""
        with self._database.writing() as db:
            if self._part(db, tables.draft, case_id, draft_id).reviewed is None:
                raise DraftState("has to be reviewed before it is shared")
            self._change_part(db, tables.draft, case_id, draft_id, shared=self._clock())

    # What all of these share

    def _case(self, db: Connection, case_id: int) -> Row[Any]:
        case = tables.client_case.c
        row = db.execute(
            select(tables.client_case).where(case.id == case_id, case.adviser == self._adviser)
        ).one_or_none()
        if row is None:
            raise NotYours
        return row

    def _part(self, db: Connection, table: Table, case_id: int, part_id: int) -> Row[Any]:
        self._case(db, case_id)
        row = db.execute(select(table).where(table.c.id == part_id, table.c.client_case_id == case_id)).one_or_none()
        if row is None:
            raise NotYours
        return row

    def _change(self, db: Connection, case_id: int, **values: Any) -> None:
        self._case(db, case_id)
        case = update(tables.client_case).where(tables.client_case.c.id == case_id)
        db.execute(case.values(changed=self._clock(), **values))

    def _change_part(self, db: Connection, table: Table, case_id: int, part_id: int, **values: Any) -> None:
        self._part(db, table, case_id, part_id)
        db.execute(update(table).where(table.c.id == part_id).values(**values))
        self._change(db, case_id)

    def _add(self, table: Table, case_id: int, **values: Any) -> int:
        with self._database.writing() as db:
            return self._insert(db, table, case_id, **values)

    def _insert(self, db: Connection, table: Table, case_id: int, **values: Any) -> int:
        self._change(db, case_id)
        return int(db.scalars(insert(table).values(client_case_id=case_id, **values).returning(table.c.id)).one())

    def _remove(self, table: Table, case_id: int, part_id: int) -> None:
        with self._database.writing() as db:
            self._part(db, table, case_id, part_id)
            db.execute(delete(table).where(table.c.id == part_id))
            self._change(db, case_id)
        self._database.scrub()


def code_hash(code: str) -> str:
    """The hash of a share code, however it was typed: small letters, spaces and dashes are fine."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def _may_write(db: Connection, case: Row[Any]) -> bool:
    if case.session_id is None:
        return False
    agreed = select(tables.share.c.agreed).where(tables.share.c.id == case.share_id)
    return case.share_id is None or db.scalars(agreed).one_or_none() is not None


def _rows(db: Connection, table: Table, case_id: int) -> Sequence[RowMapping]:
    """What a case holds in one of its tables, oldest first."""
    columns = [column for column in table.c if column.name != "client_case_id"]
    return db.execute(select(*columns).where(table.c.client_case_id == case_id).order_by(table.c.id)).mappings().all()


def part(db: Connection, cases: Any, moment: datetime.datetime) -> None:
    """Parts the cases that a condition picks from the learner's session behind them, because the learner deletes it or
    stops sharing it.

    What is about the learner's session goes: drafts and exceptions, which repeat what they said, and the intake form.
    Notes and the action plan are the adviser's own words and record of work, under a label that names nobody: a case
    that holds any stays with just these, marked with the day. A case without any goes altogether.
    """
    case = tables.client_case
    own_words = or_(
        exists().where(tables.note.c.client_case_id == case.c.id),
        exists().where(tables.action.c.client_case_id == case.c.id),
    )
    db.execute(delete(case).where(cases, ~own_words))
    parted = select(case.c.id).where(cases)
    for table in (tables.draft, tables.exception):
        db.execute(delete(table).where(table.c.client_case_id.in_(parted)))
    db.execute(
        update(case).where(cases).values(session_id=None, share_id=None, intake={}, learner_gone=moment, changed=moment)
    )
