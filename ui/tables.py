"""The tables that sessions, feedback and cases are kept in. No queries here; `ui/migrations` makes the tables."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Words(TypeDecorator[str]):
    """Text that people typed. What no database can hold goes: PostgreSQL refuses NUL, no encoding has lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Moment(TypeDecorator[datetime.datetime]):
    """A point in time, always in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, _dialect: Dialect) -> datetime.datetime | None:
        return None if value is None else value.astimezone(datetime.UTC)

    def process_result_value(self, value: datetime.datetime | None, _dialect: Dialect) -> datetime.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=datetime.UTC) if value.tzinfo is None else value.astimezone(datetime.UTC)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _belongs_to(table: str) -> Column[int]:
    """Whose row this is: it goes when its owner goes."""
    return Column(f"{table}_id", Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


def _table(name: str, *columns: Column[Any] | UniqueConstraint) -> Table:
    # Ids are never given out twice: a stale tab must not reach the row of someone else that came after.
    return Table(name, metadata, _id(), *columns, sqlite_autoincrement=True)


session = _table(
    "session",
    # Empty for a conversation that an adviser started; nobody has a private link to it.
    Column("key_hash", String(64), unique=True),
    Column("conversation", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", Moment, nullable=False),
    Column("last_used", Moment, nullable=False, index=True),
)

turn = _table(
    "turn",
    _belongs_to("session"),
    Column("number", Integer, nullable=False),
    Column("message", Words, nullable=False),
    Column("advice", JSON, nullable=False),
    Column("said", Moment, nullable=False),
    # The adviser who asked; empty for the learner.
    Column("by", Words),
    UniqueConstraint("session_id", "number"),
)

feedback = _table(
    "feedback",
    Column("session_id", Integer, ForeignKey("session.id", ondelete="CASCADE"), index=True),
    Column("receipt_hash", String(64), nullable=False, unique=True),
    Column("given", Moment, nullable=False, index=True),
    Column("up", Boolean, nullable=False),
    Column("reason", Words),
    Column("text", Words),
    Column("trace", JSON, nullable=False),
)

share = _table(
    "share",
    _belongs_to("session"),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    # Who used the code, and when; a code is used once.
    Column("adviser", Words),
    Column("opened", Moment),
    # When the learner agreed that the adviser may write too.
    Column("agreed", Moment),
)

client_case = _table(
    "client_case",
    Column("adviser", Words, nullable=False, index=True),
    Column("label", Words, nullable=False),
    # Empty once a learner who shared a session has deleted it.
    Column("session_id", Integer, ForeignKey("session.id", ondelete="SET NULL"), index=True),
    # Empty for a session that the adviser started.
    Column("share_id", Integer, ForeignKey("share.id", ondelete="SET NULL"), index=True),
    Column("intake", JSON, nullable=False),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("learner_gone", Moment),
)

note = _table(
    "note",
    _belongs_to("client_case"),
    Column("text", Words, nullable=False),
    Column("written", Moment, nullable=False),
)

action = _table(
    "action",
    _belongs_to("client_case"),
    Column("what", Words, nullable=False),
    Column("who", Words, nullable=False),
    Column("due", Date),
    Column("added", Moment, nullable=False),
    Column("done", Moment),
)

exception = _table(
    "exception",
    _belongs_to("client_case"),
    Column("award_id", Words, nullable=False),
    Column("item", Words, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("credits", Integer),
    Column("level", Integer),
    Column("reason", Words, nullable=False),
    Column("made", Moment, nullable=False),
    Column("withdrawn", Moment),
)

draft = _table(
    "draft",
    _belongs_to("client_case"),
    Column("turn", Integer, nullable=False),
    Column("machine", Words, nullable=False),
    Column("edited", Words),
    Column("made", Moment, nullable=False),
    Column("changed", Moment),
    Column("reviewed", Moment),
    Column("shared", Moment),
)

unmet = _table(
    "unmet",
    # The month and nothing closer, so that a count can never be tied to one person's visit.
    Column("month", Date, nullable=False, index=True),
    Column("subject", Words, nullable=False),
    Column("limits", Words, nullable=False),
)
