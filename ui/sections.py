"""A record of advice laid out once, as sections of groups of lines: PDF, page and table all show these. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ui.learning_words import course_facts, prior_words
from ui.lines import NOT_AGREED, NOT_STATED, Group, Line, Section, day_words
from ui.pathway_words import STANDINGS, pathway_groups
from ui.record import AdviceRecord, Desk, Recommended, Source, Turn
from ui.words import words


def sections(record: AdviceRecord) -> tuple[Section, ...]:
    """Everything in the record, in the order a person reads it; a section with nothing in it is left out."""
    return tuple(section for section in _sections(record) if any(group.lines for group in section.groups))


def _sections(record: AdviceRecord) -> Iterator[Section]:
    yield Section("goal", "Your goal", (_text([record.goal or f"Your goal is {NOT_STATED}."]),))
    yield Section("told", "What you told us", tuple(_told(record)))
    if record.desk is not None:
        yield from _desk(record.desk)
    yield Section(
        "advice",
        "The advice",
        tuple(map(_turn, record.turns)),
        "Numbers in square brackets point to the list of sources.",
    )
    yield Section("courses", "Courses to look at", tuple(map(_course, record.courses)), COURSES_INTRO)
    for counted in record.pathways:
        heading = f"What counts towards: {counted.pathway['award_title']}"
        yield Section(
            "pathway", heading, tuple(pathway_groups(counted, record.titles)), STANDINGS[counted.pathway["standing"]]
        )
    yield Section("unchecked", "What was not checked", (_text(not_checked(record)),))
    asks = tuple(Line(other.question, f"Ask {other.who}") for other in record.ask_others)
    yield Section("ask", "Questions to ask", (Group(asks, look="quotes"),), "Ask in writing, and keep the answer.")
    yield Section("open", "What would make this advice better", (_text(record.open_questions),))
    yield Section("sources", "Sources", (Group(tuple(map(_source, record.sources))),))
    yield Section("about", "About this record", (_about(record),))


COURSES_INTRO = "Each course as its page states it, on the date shown. Check before you pay."


def _text(lines: Iterable[str]) -> Group:
    return Group(tuple(Line(line) for line in lines), look="text")


def _told(record: AdviceRecord) -> Iterator[Group]:
    say = words("en")
    yield Group(
        tuple(
            Line(_value(fact.name, fact.value), say.of("profile.field", fact.name), origin_words(fact.origin))
            for fact in record.profile
        )
    )
    where = origin_words(record.prior_origin)
    learnt = tuple(Line(prior_words(item, say), item["title"], where) for item in record.prior_learning)
    yield Group(learnt, "What you have studied")
    yield Group(tuple(Line(limit) for limit in record.limits), "Limits on the search", "text")


def origin_words(origin: str) -> str:
    """Where a profile fact came from, as it is told to the learner."""
    say = words("en")
    if origin.startswith("turn "):
        return say("profile.from_turn", turn=origin.removeprefix("turn "))
    return say(f"profile.from_{origin}") if f"profile.from_{origin}" in say.entries else origin


def _value(name: str, value: Any) -> str:
    match name:
        case "income_gbp" | "budget_gbp":
            return f"£{value:,}"
        case "hours_per_week" | "weeks_available":
            return f"{value} {'hours a week' if name == 'hours_per_week' else 'weeks'}"
        case "mode":
            return words("en").of("panel.value", value)
        case _:
            return str(value)


def _turn(turn: Turn) -> Group:
    """A question and its answer: sentences in a row that rest on the same sources are one paragraph."""
    runs = groupby(turn.said, key=lambda said: said.sources)
    said = [Line(" ".join(one.text for one in run), sources=sources) for sources, run in runs]
    notes = [Line(notice, "Please note") for notice in turn.notices]
    return Group((*said, *notes), f"You asked: {turn.question}", "text")


def _course(one: Recommended) -> Group:
    course = one.course
    facts = {"Provider": course["provider"], "Why": course["why"], **course_facts(course)}
    lines = [Line(value, label) for label, value in facts.items() if value]
    lines += [
        Line(f"{claim['award']}{'. ' + claim['note'] if claim['note'] else ''}", STRENGTHS[claim["strength"]])
        for claim in course["stacks_into"]
    ]
    if not course["stacks_into"]:
        lines.append(Line("not known to count towards anything", "Counts towards"))
    read = Line(course["confidence"], "Confidence", sources=(one.source,), as_of=course["seen"])
    return Group((*lines, read), course["title"], url=course["url"])


STRENGTHS = {
    "published": "Listed as part of",
    "may_count": "May count towards",
    "preparatory": "Prepares for",
}


UNSAID = {"How": "whether it is online or in person", "Time": "how long it takes", "Entry": "who can join"}
"""What is missing, where a course's label alone would not say it."""


def not_checked(record: AdviceRecord) -> tuple[str, ...]:
    """What nobody should take as settled."""
    return tuple(_not_checked(record))


def _not_checked(record: AdviceRecord) -> Iterator[str]:
    yield "Whether a university or college admits you or accepts your credit. It decides, and only its written answer counts."
    if record.courses or record.pathways:
        yield "Prices, start dates and places on the day. They are as each page stated them on the date shown."
    if record.prior_learning:
        yield "What you told us about your own study. It was taken as you said it; no certificate was seen."
    for one in record.courses:
        unsaid = [
            UNSAID.get(name, name.lower())
            for name, value in course_facts(one.course).items()
            if value.startswith(NOT_STATED)
        ]
        if unsaid:
            yield f"{one.course['title']}: {', '.join(unsaid)}. The page does not state it, so ask the provider."
    undated = [f"[{source.number}]" for source in record.sources if source.as_of is None]
    if undated:
        yield f"How old some sources are: {', '.join(undated)} carry no date."
    weak = [f"[{source.number}]" for source in record.sources if source.confidence == "low"]
    if weak:
        yield f"Sources of low confidence: {', '.join(weak)}. Check them before you rely on them."
    if record.left_out:
        number = "One sentence was" if record.left_out == 1 else f"{record.left_out} sentences were"
        yield f"{number} left out of the advice, because the records we hold do not back it up."


def _desk(desk: Desk) -> Iterator[Section]:
    yield Section("edited", "Your adviser's advice", (_text([desk.edited] if desk.edited else []),))
    plan = tuple(
        Line(f"{action.what} (who: {action.by or NOT_AGREED}; by when: {action.due or NOT_AGREED})", f"Step {number}")
        for number, action in enumerate(desk.actions, start=1)
    )
    yield Section("plan", "Your action plan", (Group(plan),))
    decided = tuple(Line(f"{e.decision}. Reason: {e.reason}", e.about) for e in desk.exemptions)
    yield Section(
        "decided", "Decided by your adviser", (Group(decided),), "Decided differently from the published rules."
    )
    yield Section("notes", "Adviser's notes", (_text(desk.notes),))


KINDS = {"card": "rule or fact", "course": "course page", "award": "award page", "occupation": "job information"}


def _source(source: Source) -> Line:
    dated = f"as of {source.as_of}" if source.as_of else "page undated"
    about = f"{KINDS.get(source.kind, source.kind)}, {dated}, {source.confidence} confidence"
    quote = f" “{source.quote}”" if source.quote else ""
    return Line(f"{source.title} ({about}).{quote}", f"[{source.number}]", as_of=source.as_of, url=source.url)


def _about(record: AdviceRecord) -> Group:
    versions = record.versions
    return Group(
        (
            Line(day_words(record.made), "Made on"),
            Line(f"Stack Advisor {versions.program}", "Program"),
            Line(versions.corpus, "Version of the records"),
            Line("none: rules and records only" if versions.model == "none" else versions.model, "Language model"),
            Line(PURPOSE, "What this is"),
        )
    )


PURPOSE = (
    "Information to help you plan. It is not from a registered careers adviser. "
    "The university or college decides what it accepts."
)
