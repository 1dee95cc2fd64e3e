"""A record of advice: what was asked, said and left open, in one frozen value that every download is made from. Pure.

    record = record_of(exchanges, profile, made=date.today(), program="0.1.0", titles=titles_of(catalogue))

The words in it are in English: it goes to universities and colleges as it stands, and the corpus is in English.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.catalogue import Catalogue

Json = Mapping[str, Any]

LONGEST_TEXT = 4000
"""Characters of one text that are kept; what is cut says so. The longest message a learner may send fits."""
CUT = "… [cut here]"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn: what the learner asked, and the `advice_json` object that answered it."""

    question: str
    advice: Json


@dataclass(frozen=True, slots=True)
class Action:
    """One line of an action plan. `by`: who does it; `due`: a date in words or ISO; `None`: not agreed."""

    what: str
    by: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Something an adviser decided differently from the rules, with the reason they wrote."""

    about: str
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What an adviser adds. `edited`: the advice in the adviser's own words, shown before the engine's."""

    notes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    edited: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What something rests on. `number` counts from 1 over the whole record; `url` is http(s) or `None`; `as_of` is `None`
    where the page has no date."""

    number: int
    record_id: str
    kind: str
    title: str
    url: str | None
    as_of: str | None
    confidence: str
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of advice. `kind`: fact, advice or caution; `sources`: numbers in the record's list."""

    text: str
    kind: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    question: str
    outcome: str
    said: tuple[Said, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileFact:
    """A fact about the learner. `value` as they gave it, records by their title; `origin`: "turn 2", "form" or "file"."""

    name: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Recommended:
    """A course record of the contract, and the number of the source it is read from."""

    course: Json
    source: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One award's pathway object of the contract, and the sources that name the award."""

    pathway: Json
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AskOther:
    who: str
    question: str


@dataclass(frozen=True, slots=True)
class Versions:
    program: str
    corpus: str
    model: str


@dataclass(frozen=True, slots=True)
class AdviceRecord:
    """Everything a download says. `goal`: `None` if the learner named none. `conversation`: what resumes it; opaque here."""

    made: datetime.date
    goal: str | None
    profile: tuple[ProfileFact, ...]
    prior_learning: tuple[Json, ...]
    prior_origin: str
    limits: tuple[str, ...]
    turns: tuple[Turn, ...]
    courses: tuple[Recommended, ...]
    pathways: tuple[Counted, ...]
    ask_others: tuple[AskOther, ...]
    open_questions: tuple[str, ...]
    left_out: int
    """Sentences that were dropped because the records did not back them."""
    sources: tuple[Source, ...]
    versions: Versions
    titles: Mapping[str, str]
    """Titles of the records named by id in the pathways."""
    desk: Desk | None = None
    conversation: Json | None = field(default=None, repr=False)


def record_of(
    exchanges: Sequence[Exchange],
    profile: Json,
    *,
    made: datetime.date,
    program: str,
    titles: Mapping[str, str],
    desk: Desk | None = None,
    conversation: Json | None = None,
) -> AdviceRecord:
    """The record of a conversation. `profile`: `LearnerProfile.to_json()` as it is now; `titles`: see `titles_of`.

    A course or award advised on more than once stands once, as it was advised last. Open questions are those of the last
    turn. Texts are cleaned: no control characters, and none that turn the direction of writing.
    """
    advices = [clean(exchange.advice) for exchange in exchanges]
    library = _Sources()
    turns = tuple(
        _turn(shown(exchange.question), advice, library) for exchange, advice in zip(exchanges, advices, strict=True)
    )
    known = {**{p["award_id"]: p["award_title"] for advice in advices for p in advice["pathways"]}, **titles}
    courses = {course["id"]: course for advice in advices for course in advice["courses"]}
    pathways = {pathway["award_id"]: pathway for advice in advices for pathway in advice["pathways"]}
    recommended = tuple(Recommended(course, library.of_course(course)) for course in courses.values())
    facts = clean(profile)
    prior = facts.pop("prior_learning", {"value": (), "from": ""})
    told = [ProfileFact(name, _named(fact["value"], known), fact["from"]) for name, fact in facts.items()]
    last = advices[-1] if advices else {}
    return AdviceRecord(
        made=made,
        goal=_goal(told),
        profile=tuple(told),
        prior_learning=tuple(prior["value"]),
        prior_origin=prior["from"],
        limits=tuple(last.get("limits", {}).values()),
        turns=turns,
        courses=recommended,
        pathways=tuple(Counted(pathway, library.naming(pathway["award_id"])) for pathway in pathways.values()),
        ask_others=_unique(
            AskOther(other["who"], other["question"]) for advice in advices for other in advice["ask_others"]
        ),
        open_questions=tuple(last.get("questions", ())),
        left_out=sum(len(advice["dropped"]) for advice in advices),
        sources=library.all,
        versions=Versions(program, str(last.get("corpus", "none")), str(last.get("model", "none"))),
        titles={record_id: known[record_id] for record_id in _ids_in(pathways.values()) if record_id in known},
        desk=None if desk is None else _clean_desk(desk),
        conversation=conversation,
    )


def titles_of(catalogue: Catalogue) -> dict[str, str]:
    """Every record's title by its id, so that nobody reads an id."""
    return {
        record.id: record.title
        for records in (catalogue.courses, catalogue.awards, catalogue.occupations)
        for record in records
    }


def title(record_id: str, titles: Mapping[str, str]) -> str:
    """A record's title; the words of its id if the catalogue no longer holds it."""
    return titles.get(record_id, record_id.replace("-", " "))


def shown(text: str) -> str:
    """Text as a document can hold it: composed letters, line breaks kept, no control characters, no change of direction,
    at most `LONGEST_TEXT` characters."""
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines()]
    kept = "".join(_seen(c) for c in "\n".join(lines).strip())
    return kept if len(kept) <= LONGEST_TEXT else kept[: LONGEST_TEXT - len(CUT)] + CUT


def _seen(character: str) -> str:
    """A character as it is; nothing for what only controls or turns the text; a mark for half a character."""
    match unicodedata.category(character):
        case "Cc" | "Cf" if character != "\n":
            return ""
        case "Cs":
            return "\ufffd"
        case _:
            return character


def clean(value: Any) -> Any:
    """JSON with every text in it as `shown` gives it."""
    match value:
        case str():
            return shown(value)
        case Mapping():
            return {key: clean(part) for key, part in value.items()}
        case list() | tuple():
            return [clean(part) for part in value]
        case _:
            return value


def web(url: object) -> str | None:
    """An address that may become a link; `None` for any other."""
    return url if isinstance(url, str) and url.lower().startswith(("http://", "https://")) else None


class _Sources:
    """Numbers what is cited, each source once."""

    def __init__(self) -> None:
        self._all: dict[tuple[Any, ...], Source] = {}

    @property
    def all(self) -> tuple[Source, ...]:
        return tuple(self._all.values())

    def of_evidence(self, evidence: Json) -> int:
        return self._number(**{name: evidence[name] for name in ("record_id", "kind", "title", "as_of", "confidence", "quote")},
                            url=web(evidence["url"]))  # fmt: skip

    def of_course(self, course: Json) -> int:
        """The source that is cited for a course; its own page if none was."""
        cited = self.naming(course["id"])
        if cited:
            return cited[-1]
        return self._number(
            record_id=course["id"],
            kind="course",
            title=course["title"],
            url=web(course["url"]),
            as_of=course["seen"],
            confidence=course["confidence"],
            quote="",
        )

    def naming(self, record_id: str) -> tuple[int, ...]:
        return tuple(source.number for source in self._all.values() if source.record_id == record_id)

    def _number(self, **parts: Any) -> int:
        key = tuple(parts[name] for name in sorted(parts))
        return self._all.setdefault(key, Source(number=len(self._all) + 1, **parts)).number


def _turn(question: str, advice: Json, library: _Sources) -> Turn:
    numbers = {evidence["id"]: library.of_evidence(evidence) for evidence in advice["evidence"]}
    said = tuple(
        Said(claim["text"], claim["kind"], tuple(numbers[cited] for cited in claim["citations"]))
        for claim in advice["claims"]
    )
    return Turn(question, advice["outcome"], said, tuple(advice["notices"]))


def _named(value: Any, titles: Mapping[str, str]) -> Any:
    return titles.get(value, value) if isinstance(value, str) else value


def _goal(facts: Iterable[ProfileFact]) -> str | None:
    known = {fact.name: fact.value for fact in facts}
    return next((str(known[name]) for name in ("goal", "target_award", "occupation") if known.get(name)), None)


def _ids_in(pathways: Iterable[Json]) -> Iterable[str]:
    """Every record id that a pathway names: its plans' courses, the next course, what is not known of which."""
    for pathway in pathways:
        for plan in (pathway.get("cheapest"), pathway.get("fastest")):
            yield from plan["course_ids"] if plan else ()
        if pathway.get("next_course"):
            yield pathway["next_course"]["course_id"]
        yield from (unknown.rpartition(".")[0] for unknown in pathway["unknown"])


def _clean_desk(desk: Desk) -> Desk:
    return Desk(
        tuple(map(shown, desk.notes)),
        tuple(Action(shown(action.what), clean(action.by), clean(action.due)) for action in desk.actions),
        tuple(Exemption(shown(made.about), shown(made.decision), shown(made.reason)) for made in desk.exemptions),
        clean(desk.edited),
    )


def _unique(values: Iterable[AskOther]) -> tuple[AskOther, ...]:
    return tuple(dict.fromkeys(values))
