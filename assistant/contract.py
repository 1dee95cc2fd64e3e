"""Advice -> the JSON that others rely on, and the markdown in it. Pure. Everything from data or people is escaped here."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

from assistant.advise import Advice
from assistant.answer import Answer, Claim
from assistant.evidence import Evidence
from corpus.courses import Course


def answer_markdown(answer: Answer) -> str:
    """What the learner reads: a paragraph per source with its numbered link, courses as a list, one question at the end."""
    parts: list[str] = []
    cited: tuple[Evidence, ...] | None = None
    for claim, after in zip(answer.claims, (*answer.claims[1:], None), strict=True):
        # One source, one paragraph, one number at its end; a sentence without a source goes on with the paragraph.
        ends = after is None or after.bullet or after.cites != claim.cites
        text = escape_markdown(claim.text) + (_marks(claim, answer) if ends or claim.bullet else "")
        if claim.bullet:
            parts.append(f"- {text}")
        elif cited is not None and (claim.cites == cited or not claim.cites):
            parts[-1] += f" {text}"
            continue
        else:
            parts.append(text)
        cited = None if claim.bullet else claim.cites
    parts += [f"**Ask {escape_markdown(o.who)}:** “{escape_markdown(o.question)}”" for o in answer.ask_others]
    parts += [f"**{escape_markdown(question)}**" for question in answer.questions]
    parts += [f"*{escape_markdown(notice)}*" for notice in answer.notices]
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    """Blank lines between paragraphs, none between the items of a list."""
    text = ""
    for before, part in zip(["", *parts], parts, strict=False):
        gap = "" if not text else "\n" if before.startswith("- ") and part.startswith("- ") else "\n\n"
        text += gap + part
    return text


def _marks(claim: Claim, answer: Answer) -> str:
    """Numbered links to what a claim rests on."""
    return "".join(f" [[{answer.number(source)}]]({_link(source.url)})" for source in claim.cites)


_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def escape_markdown(text: str) -> str:
    """Text that shows as itself: no markup, no HTML, no links, whatever the record or the model put into it."""
    return _SPECIAL.sub(r"\\\1", html.unescape(text)).replace("&", "&amp;")


def _link(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29") if url.startswith(("http://", "https://")) else "#"


def advice_json(advice: Advice) -> dict[str, Any]:
    """The `ask --json` object of the contract."""
    answer = advice.answer
    return {
        "answer": answer_markdown(answer),
        "outcome": answer.outcome.value,
        "claims": [
            {
                "text": claim.text,
                "kind": claim.kind.value,
                "citations": [f"E{answer.number(source)}" for source in claim.cites],
            }
            for claim in answer.claims
        ],
        "evidence": [evidence_json(source, number) for number, source in enumerate(answer.evidence, start=1)],
        "courses": [course_json(pick.course, pick.why) for pick in answer.picks],
        "pathways": list(answer.pathways),
        "profile": advice.conversation.profile.to_json(),
        "limits": dict(advice.conversation.limits),
        "questions": list(answer.questions),
        "follow_ups": list(answer.follow_ups),
        "ask_others": [{"who": other.who, "question": other.question} for other in answer.ask_others],
        "notices": list(answer.notices),
        "dropped": [{"text": dropped.text, "why": dropped.why} for dropped in answer.dropped],
        "timings_ms": advice.timings_ms,
        "model": advice.model,
        "corpus": advice.corpus,
    }


def evidence_json(source: Evidence, number: int) -> dict[str, Any]:
    return {
        "id": f"E{number}",
        "record_id": source.record_id,
        "kind": source.kind,
        "title": source.title,
        "url": source.url,
        "as_of": source.as_of,
        "confidence": str(source.confidence),
        "quote": source.quote,
    }


COURSE_FIELDS = (
    "id", "title", "provider", "kind", "subject", "credits", "credit_system", "level", "level_framework", "credit_bearing",
    "awarding_body", "price_gbp", "price_note", "weeks", "hours_total", "hours_per_week", "mode", "study_pattern", "start_date",
    "end_date", "region", "nation", "entry_requirements", "degree_required", "assessment", "language", "stacks_into",
    "recognition", "evidence_note", "url", "seen", "confidence",
)  # fmt: skip


def course_json(course: Course, why: str) -> dict[str, Any]:
    """A course record of the contract: values as stated, `None` where the source does not say."""
    record = {name: _plain(getattr(course, name)) for name in COURSE_FIELDS if name != "stacks_into"}
    record["stacks_into"] = [
        {"award_id": claim.award_id, "award": claim.award, "strength": claim.strength.value, "note": claim.note}
        for claim in course.stacks_into
    ]
    return {**{name: record[name] for name in COURSE_FIELDS}, "why": why}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if isinstance(value, str) else value
