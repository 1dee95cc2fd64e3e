"""What a record of advice is laid out in: sections of groups of lines, and the words that all of them share. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

TITLE = "Your course advice"
NOT_STATED = "not stated"
NOT_AGREED = "not agreed"

Look = Literal["text", "facts", "quotes"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said. `label`: what it is about; `origin`: where the learner's own facts came from; `sources`: numbers in the
    record's list; `as_of`, `url`: of the source itself, where the line is one."""

    value: str
    label: str = ""
    origin: str = ""
    sources: tuple[int, ...] = ()
    as_of: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together. `look`: sentences, labelled facts, or questions to put to somebody word for word."""

    lines: tuple[Line, ...]
    title: str = ""
    look: Look = "facts"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """`key`: which part of the record it is, for a page that shows only some."""

    key: str
    title: str
    groups: tuple[Group, ...]
    intro: str = ""


def pounds(amount: float) -> str:
    return f"£{amount:,}" if amount == int(amount) else f"£{amount:,.2f}"


def day_words(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
