"""A conversation in the database with its turns: learners' sessions and advisers' cases save them the same way."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ui import tables

Json = dict[str, Any]


class Changed(Exception):
    """The session was saved by someone else meanwhile (another tab, an adviser) and is at `version` now.

    Nothing was saved. Load it again, show it, and let the person send what they had once more.
    """

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version

    def __str__(self) -> str:
        return "this session went on in another window; load it again, then send your last message once more"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and the advice it got, as the `ask --json` object. `by` is the adviser who asked, if one did."""

    message: str
    advice: Json
    said: datetime.datetime
    by: str | None = None


def turns_of(db: Connection, session_id: int) -> tuple[Turn, ...]:
    """The turns of a session, first to last."""
    turn = tables.turn.c
    rows = db.execute(select(tables.turn).where(turn.session_id == session_id).order_by(turn.number))
    return tuple(Turn(row.message, row.advice, row.said, row.by) for row in rows)


def save_conversation(
    db: Connection,
    session_id: int,
    version: int,
    conversation: Json,
    turns: Sequence[Turn],
    after: int | None,
    moment: datetime.datetime,
) -> int:
    """Saves over `version` and gives the new version. Raises `Changed` if that is not the version any more."""
    session, turn = tables.session.c, tables.turn.c
    # The version is compared where it is changed, so of two that come at once only one can pass.
    saved = db.execute(
        update(tables.session)
        .where(session.id == session_id, session.version == version)
        .values(conversation=conversation, version=version + 1, last_used=moment)
    )
    if saved.rowcount == 0:
        raise Changed(db.scalars(select(session.version).where(session.id == session_id)).one())
    if after is not None:
        db.execute(delete(tables.turn).where(turn.session_id == session_id, turn.number > after))
    last = db.scalars(select(func.max(turn.number)).where(turn.session_id == session_id)).one() or 0
    for number, one in enumerate(turns, start=last + 1):
        values = {"number": number, "message": one.message, "advice": one.advice, "said": one.said, "by": one.by}
        db.execute(insert(tables.turn).values(session_id=session_id, **values))
    return version + 1
