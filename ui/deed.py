"""What a deed is: something a visitor does on the page, what it works with, and what follows from it.

A deed comes from the browser as a name and some texts, so nothing in it is trusted: an unknown name or an impossible
field changes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.advise import Adviser
from ui.prior_table import LONGEST_TEXT
from ui.profile_form import Choices
from ui.session import Session
from ui.store import Store
from ui.words import Words

LONGEST_FIELD = LONGEST_TEXT + 1
"""Characters of one text of a deed that are looked at: one more than the longest table, so that it is told to be too long."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the page works with. `store`: `None` where nothing can be kept. `keep_days`: how long an unused session stays."""

    adviser: Adviser
    store: Store | None = None
    keep_days: int = 30
    program: str = ""

    def choices(self) -> Choices:
        return Choices.of(self.adviser.shelf.current().catalogue)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file for the visitor, made and delivered without being written to a disk here."""

    name: str
    kind: str
    content: bytes

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "kind": self.kind, "base64": base64.b64encode(self.content).decode()}


@dataclass(frozen=True, slots=True)
class Next:
    """The session after a deed, and what follows: a message to send, or the reason to answer the last one anew."""

    session: Session
    say: str | None = None
    again: str | None = None
    box: str | None = None
    """What the question box shall hold; `None` leaves it."""
    status: str = ""
    parcel: Parcel | None = None


Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """What a visitor does: on which session, with which fields, in whose words."""

    session: Session
    fields: Fields
    services: Services
    w: Words

    def text(self, name: str) -> str:
        """A text field; empty if there is none."""
        return text_of(self.fields, name)

    @property
    def place(self) -> int | None:
        """The turn it is about, from 0; `None` if there is no such turn."""
        place = self.number("turn")
        return place if place is not None and place < len(self.session.turns) else None

    def number(self, name: str) -> int | None:
        """A whole number of at most nine digits; `None` for anything else."""
        value = self.text(name)
        return int(value) if value.isdecimal() and len(value) < 10 else None


Do = Callable[[Deed], Next]


def text_of(fields: Fields, name: str) -> str:
    """A text among what the browser sent; empty if there is none."""
    value = fields.get(name)
    return value[:LONGEST_FIELD] if isinstance(value, str) else ""
