"""An answer as it was stored, back as an answer that the page can show. Pure."""

from __future__ import annotations

from typing import Any

from assistant.answer import Answer, AskOther, Claim, ClaimKind, Dropped, Outcome, Pick
from assistant.evidence import Evidence
from corpus.catalogue import Catalogue

Json = dict[str, Any]


def answer_of(stored: Json, catalogue: Catalogue) -> Answer:
    """The answer in an `advice_json` object. Its words and sources are those of then; its course cards show the records
    as they are now, and a course that is no longer in the catalogue has none. Raises `KeyError` if it is no such object."""
    evidence = {source["id"]: _evidence(source) for source in stored["evidence"]}
    courses = ((catalogue.course(course["id"]), course["why"]) for course in stored["courses"])
    return Answer(
        outcome=Outcome(stored["outcome"]),
        claims=tuple(_claim(claim, evidence) for claim in stored["claims"]),
        evidence=tuple(evidence.values()),
        picks=tuple(Pick(course, why) for course, why in courses if course is not None),
        pathways=tuple(stored["pathways"]),
        questions=tuple(stored["questions"]),
        ask_others=tuple(AskOther(other["who"], other["question"]) for other in stored["ask_others"]),
        notices=tuple(stored["notices"]),
        dropped=tuple(Dropped(dropped["text"], dropped["why"]) for dropped in stored["dropped"]),
        follow_ups=tuple(stored.get("follow_ups", ())),
    )


def _claim(stored: Json, evidence: dict[str, Evidence]) -> Claim:
    cites = tuple(evidence[name] for name in stored["citations"])
    # What was a list of courses is one again: the object does not say, but only such lines rest on one course alone.
    bullet = len(cites) == 1 and cites[0].kind == "course"
    return Claim(stored["text"], ClaimKind(stored["kind"]), cites, bullet)


def _evidence(stored: Json) -> Evidence:
    quote = stored["quote"]
    return Evidence(
        record_id=stored["record_id"],
        kind=stored["kind"],
        title=stored["title"],
        url=stored["url"],
        as_of=stored["as_of"],
        confidence=stored["confidence"],
        quote=quote,
        text=quote,
    )
