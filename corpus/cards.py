"""Cards: one dated, sourced, answer-ready fact or rule each; and occupations with their real routes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from annotated_types import MinLen
from pydantic import StringConstraints

from corpus.courses import Confidence, RecordId, Seen, SourceRef, Text, WebAddress, strict_fields


class Topic(StrEnum):
    FRAMEWORKS = "frameworks"
    CREDENTIALS = "credentials"
    TRANSFER = "transfer"
    FUNDING = "funding"
    EVIDENCE = "evidence"
    QUALITY = "quality"
    REFERRAL = "referral"


class Jurisdiction(StrEnum):
    """Whose rule it is. `UK` covers all four nations."""

    UK = "UK"
    ENGLAND = "England"
    SCOTLAND = "Scotland"
    WALES = "Wales"
    NORTHERN_IRELAND = "Northern Ireland"
    IRELAND = "Ireland"
    EU = "EU"
    US = "US"
    WORLD = "world"


class Stability(StrEnum):
    """`settled`: a standing rule. `dated`: true on its date, check before acting. `open`: sources conflict or it is undecided."""

    SETTLED = "settled"
    DATED = "dated"
    OPEN = "open"


@strict_fields
@dataclass(frozen=True, slots=True)
class AskWhom:
    """Who decides, and the question to put to them, ready to send."""

    who: Text
    question: Text


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One fact or rule in plain words, two to five short sentences, the first of which answers directly.

    `figures` names every amount or threshold that code may calculate with (pounds, credits, years, ages, per cent).
    `asks` are ways a person might put the question; they are embedded beside the text.
    """

    id: RecordId
    title: Text
    topic: Topic
    jurisdiction: Annotated[tuple[Jurisdiction, ...], MinLen(1)]
    text: Text
    asks: Annotated[tuple[Text, ...], MinLen(3)]
    sources: Annotated[tuple[WebAddress, ...], MinLen(1)]
    as_of: Seen
    review_by: datetime.date
    confidence: Confidence
    stability: Stability
    for_adviser: Text | None = None
    """The same fact for a careers adviser, in the field's own terms; `None` if the plain text serves."""
    ask: AskWhom | None = None
    figures: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")], Decimal] | None = None
    see_also: tuple[RecordId, ...] = ()

    @property
    def source(self) -> SourceRef:
        return SourceRef(self.sources[0], self.as_of, self.confidence)


class Reach(StrEnum):
    """Whether short courses alone can get someone into the occupation."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Regulated(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One usual way in. `level` is text, because a route may span levels ("5-7")."""

    route: Text
    nation: Text
    level: Text | None = None
    framework: Text | None = None
    typical_length: Text | None = None
    note: Text | None = None


@strict_fields
@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """A line of work, its real routes in, and what short courses can do towards it.

    `unconfirmed` names the fields that were written from general knowledge; they are never cited as read on a page.
    """

    id: RecordId
    title: Text
    sector: Text
    what_the_work_is: Text
    regulated: Regulated
    short_courses: Reach
    why: Text
    sources: Annotated[tuple[WebAddress, ...], MinLen(1)]
    confidence: Confidence
    other_names: tuple[Text, ...] = ()
    soc2020: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None
    regulators: tuple[Text, ...] = ()
    """Each as "place: body"."""
    protected_title: Text | None = None
    entry_level: Text | None = None
    routes: tuple[Route, ...] = ()
    typical_awards: tuple[Text, ...] = ()
    useful_skills: tuple[Text, ...] = ()
    checks: tuple[Text, ...] = ()
    honest_note: Text | None = None
    profile_url: WebAddress | None = None
    as_of: Seen | None = None
    unconfirmed: tuple[Text, ...] = ()

    @property
    def source(self) -> SourceRef:
        return SourceRef(self.sources[0], self.as_of, self.confidence)
