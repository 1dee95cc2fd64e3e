"""A conversation of two turns as `advice_json` gives it, with every part of the contract filled, for tests of what keeps it."""

import datetime
from typing import Any

from ui.record import Action, AdviceRecord, Desk, Exchange, Exemption, record_of

PRIOR = {
    "title": "HNC Care",
    "credits": 96,
    "system": "SCQF",
    "level": 7,
    "framework": "SCQF",
    "year": 2016,
    "awarding_body": "SQA",
    "credit_bearing": None,
}
UNSAID = {**dict.fromkeys(PRIOR), "title": "Evening class in Welsh (Cŵrs Ŷ)"}
PROFILE = {
    "target_award": {"value": "uni-bsc", "from": "turn 1"},
    "budget_gbp": {"value": 1250, "from": "form"},
    "hours_per_week": {"value": 7.5, "from": "file"},
    "mode": {"value": "in_person", "from": "turn 2"},
    "prior_learning": {"value": [PRIOR, UNSAID], "from": "turn 1"},
}
COURSE = {
    "id": "uni-m101",
    "title": "Caring for people",
    "provider": "Example University",
    "kind": "module",
    "subject": "Care",
    "credits": 30,
    "credit_system": "CATS",
    "level": 4,
    "level_framework": "FHEQ",
    "credit_bearing": True,
    "awarding_body": None,
    "price_gbp": 1212.5,
    "price_note": "for 2026",
    "weeks": 20,
    "hours_total": 300,
    "hours_per_week": None,
    "mode": "online",
    "study_pattern": None,
    "start_date": "February 2027",
    "end_date": None,
    "region": None,
    "nation": "Wales",
    "entry_requirements": None,
    "degree_required": None,
    "assessment": None,
    "language": None,
    "stacks_into": [
        {"award_id": "uni-bsc", "award": "BSc Nursing", "strength": "may_count", "note": "after an interview"}
    ],
    "recognition": None,
    "evidence_note": None,
    "url": "https://example.org/m101",
    "seen": "2026-10",
    "confidence": "medium",
    "why": "online, and within £1,250",
}
SILENT = {
    **dict.fromkeys(COURSE),
    "id": "silent",
    "title": "A quiet course",
    "provider": "Example College",
    "kind": "short_course",
    "stacks_into": [],
    "url": "https://example.org/quiet",
    "confidence": "low",
    "why": "",
}
PATHWAY = {
    "counts": [{"id": "p1", "title": "HNC Care", "uk_credits": 96, "level": 4}],
    "does_not_count": [
        {
            "id": "p2",
            "title": UNSAID["title"],
            "reason_code": "CREDIT_NOT_STATED",
            "reason": "Its credit is not stated.",
        }
    ],
    "credits_eligible": 96,
    "credits_counted": 96,
    "credits_not_counted_because_of_caps": 0,
    "credits_remaining": 264,
    "effective_transfer_cap": None,
    "level_minimums": [{"at_or_above": 5, "required": 285, "have": 0, "shortfall": 285}],
    "min_at_level_met": False,
    "candidates_excluded": [
        {
            "id": "old",
            "title": "Old course",
            "reason_code": "NOT_AVAILABLE",
            "reason": "Old course is not open to join.",
        }
    ],
    "feasible": True,
    "cheapest": {"cost": 1212.5, "hours": 300, "weeks": 40, "course_ids": ["uni-m101"], "unpriced": 1},
    "fastest": {"cost": 2400, "hours": 290, "weeks": None, "course_ids": ["uni-m101", "gone-course"]},
    "blockers": [],
    "assumptions": ["The award does not state how old credit may be."],
    "unknown": ["p2.credits", "uni-m101.price_gbp", "constraints.hours_per_week"],
    "overrides": [],
    "award_id": "uni-bsc",
    "award_title": "BSc Nursing (Example University)",
    "standing": "may_count",
    "expiries": [{"id": "p1", "lasting": "until", "stops_counting": "2027-01-01"}],
    "next_course": {"course_id": "uni-m101", "closes": 30, "left": 234},
}


def evidence(number: int, record_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"E{number}",
        "record_id": record_id,
        "kind": "card",
        "title": f"Source “{record_id.replace('-', ' ')}”",
        "url": f"https://example.org/{record_id.replace('-', '_')}",
        "as_of": "2025-05",
        "confidence": "high",
        "quote": "What that page says.",
        **changes,
    }


def advice(**changes: Any) -> dict[str, Any]:
    return {
        "answer": "not used",
        "outcome": "advised",
        "claims": [],
        "evidence": [],
        "courses": [],
        "pathways": [],
        "profile": PROFILE,
        "limits": {"max_price": "up to £1,250"},
        "questions": [],
        "ask_others": [],
        "notices": [],
        "dropped": [],
        "timings_ms": {},
        "model": "none",
        "corpus": "0123456789abcdef",
        **changes,
    }


FIRST = advice(
    claims=[
        {"text": "A degree is 360 credits.", "kind": "fact", "citations": ["E1"]},
        {"text": "At most 75 UK credits could count.", "kind": "fact", "citations": ["E2", "E1"]},
        {"text": "The university decides.", "kind": "caution", "citations": []},
    ],
    evidence=[evidence(1, "size"), evidence(2, "uni-bsc", kind="award", as_of=None)],
    pathways=[PATHWAY],
    questions=["Which nation do you live in?"],
    ask_others=[{"who": "the admissions team", "question": "Do you take my HNC?"}],
)
SECOND = advice(
    claims=[{"text": "Caring for people costs £1,212.50.", "kind": "fact", "citations": ["E1"]}],
    evidence=[evidence(1, "uni-m101", kind="course", as_of="2026-10", confidence="medium"), evidence(2, "size")],
    courses=[COURSE, SILENT],
    questions=["How many hours a week do you have?"],
    ask_others=[
        {"who": "the admissions team", "question": "Do you take my HNC?"},
        {"who": "Example University", "question": "What does it cost in 2027?"},
    ],
    notices=["Only part of your message was read."],
    dropped=[{"text": "It is the best.", "why": "a fact without a source"}],
)
QUESTIONS = ("What is missing for BSc Nursing?", "And what does a course cost?")
TITLES = {"uni-bsc": "BSc Nursing", "uni-m101": "Caring for people"}
DESK = Desk(
    notes=("Client prefers evenings.\nCall before noon.",),
    actions=(Action("Ask for the transcript", "you", "4 December 2026"), Action("Book a second talk")),
    exemptions=(Exemption("HNC from 2016", "accepted", "Kept up to date at work since."),),
    edited="Start with the transcript.",
)
MADE = datetime.date(2026, 11, 25)


def record(*advices: dict[str, Any], **changes: Any) -> AdviceRecord:
    """The record of the two turns, or of others."""
    turns = advices or (FIRST, SECOND)
    exchanges = [Exchange(question, turn) for question, turn in zip(QUESTIONS, turns, strict=False)]
    named = {"profile": PROFILE, "made": MADE, "program": "0.1.0", "titles": TITLES, **changes}
    return record_of(exchanges, **named)
