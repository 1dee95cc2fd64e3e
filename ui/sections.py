"""A record of advice laid out once, as sections of groups of lines: PDF, page and table all show these. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from ui.record import AdviceRecord, Counted, Desk, Json, Recommended, Source, Turn, title
from ui.words import Words, words

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
            "pathway", heading, tuple(_pathway(counted, record.titles)), STANDINGS[counted.pathway["standing"]]
        )
    yield Section("unchecked", "What was not checked", (_text(not_checked(record)),))
    asks = tuple(Line(other.question, f"Ask {other.who}") for other in record.ask_others)
    yield Section("ask", "Questions to ask", (Group(asks, look="quotes"),), "Ask in writing, and keep the answer.")
    yield Section("open", "What would make this advice better", (_text(record.open_questions),))
    yield Section("sources", "Sources", (Group(tuple(map(_source, record.sources))),))
    yield Section("about", "About this record", (_about(record),))


COURSES_INTRO = "Each course as its page states it, on the date shown. Check before you pay."
STANDINGS = {
    "published": "The courses used here are on the award's own published lists. The university or college still decides.",
    "may_count": "This may count. It compares size and level; the university or college decides.",
    "not_shown": "No page we read shows that these courses count. Ask before you pay.",
}


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
        case "budget_gbp":
            return f"£{value:,}"
        case "hours_per_week" | "weeks_available":
            return f"{value} {'hours a week' if name == 'hours_per_week' else 'weeks'}"
        case "mode":
            return words("en").of("panel.value", value)
        case _:
            return str(value)


SYSTEMS = {
    "CATS": "UK credits",
    "SCQF": "SCQF credit points",
    "CQFW": "Welsh (CQFW) credits",
    "RQF": "RQF credits",
    "ECTS": "ECTS credits",
    "US_SEMESTER": "US semester credits",
    "US_QUARTER": "US quarter credits",
    "TQT_HOURS": "hours of total qualification time",
    "LOCAL": "credits of the provider's own kind",
}


def credit_words(item: Json, system: str) -> str:
    """How much credit an item of JSON states; `system` names its key for the kind of credit."""
    if item.get("credits") is None:
        return "carries no credit" if item.get("credit_bearing") is False else NOT_STATED
    unit = SYSTEMS.get(str(item.get(system)), "credits of a kind that is not stated")
    return f"{item['credits']:,} {unit}"


def level_words(item: Json, framework: str) -> str:
    if item.get("level") is None:
        return NOT_STATED
    return f"{item['level']} ({item[framework]})" if item.get(framework) else str(item["level"])


def prior_words(item: Json, w: Words) -> str:
    """What was said about something already studied, in one line."""
    return "; ".join(f"{name}: {value}" for name, value in zip(prior_columns(w), prior_values(item), strict=True))


def prior_columns(w: Words) -> tuple[str, ...]:
    """The names of `prior_values`."""
    return tuple(w(f"profile.prior.column_{name}") for name in ("credits", "level", "year", "awarding_body"))


def prior_values(item: Json) -> tuple[str, ...]:
    """How much credit, at what level, finished when, awarded by whom: "not stated" where nothing was said."""
    year = NOT_STATED if item.get("year") is None else str(item["year"])
    return credit_words(item, "system"), level_words(item, "framework"), year, item.get("awarding_body") or NOT_STATED


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


def course_facts(course: Json) -> dict[str, str]:
    """What a course's page states, by label: "not stated" wherever it does not say."""
    say = words("en")
    return {
        "Credit": credit_words(course, "credit_system"),
        "Level": level_words(course, "level_framework"),
        "Price": price_words(course),
        "How": say.of("panel.value", course["mode"]) if course["mode"] else NOT_STATED,
        "Time": _time(course),
        "Start": course["start_date"] or NOT_STATED,
        "Entry": course["entry_requirements"] or NOT_STATED,
    }


def price_words(course: Json) -> str:
    note = f"; {course['price_note']}" if course["price_note"] else ""
    price = course["price_gbp"]
    if price is None:
        return NOT_STATED + note
    dated = f"as of {course['seen']}" if course["seen"] else "page undated"
    return f"{'free' if price == 0 else pounds(price)} ({dated}){note}"


def pounds(amount: float) -> str:
    return f"£{amount:,}" if amount == int(amount) else f"£{amount:,.2f}"


def _time(course: Json) -> str:
    say = words("en")
    stated = (("weeks", "weeks"), ("hours_per_week", "hours_a_week"), ("hours_total", "hours_in_all"))
    parts = [say.of("panel.value", key, n=course[name]) for name, key in stated if course[name] is not None]
    return ", ".join(parts) or NOT_STATED


def _pathway(counted: Counted, titles: Mapping[str, str]) -> Iterator[Group]:
    """The three lists (counts, does not count and why, still missing), then the ways to finish and what is behind them."""
    pathway = counted.pathway
    usable, missing = usable_and_missing(pathway)
    yield Group(
        (
            Line(f"at most {usable} UK credits", "Can count", sources=counted.sources),
            Line(f"{missing} UK credits", "Still missing", sources=counted.sources),
            *(
                Line(f"{minimum['shortfall']} more UK credits", f"Missing at level {minimum['at_or_above']} or above",
                     sources=counted.sources)
                for minimum in pathway["level_minimums"] if minimum["shortfall"]
            ),
        )
    )  # fmt: skip
    yield Group(tuple(_held(item, pathway) for item in pathway["counts"]), "What you have that may count")
    yield Group(
        tuple(Line(item["reason"], item["title"]) for item in pathway["does_not_count"]), "Does not count, and why"
    )
    yield Group(tuple(_ways(pathway, titles)), "Ways to finish it")
    excluded = [item["reason"] for item in pathway.get("candidates_excluded", ())]
    yield _behind("Courses that cannot be used now, and why", excluded)
    yield _behind("What was assumed", pathway["assumptions"])
    yield Group(tuple(_unknown(pathway, titles)), "Not known, and it would change the answer", "text")


def _behind(heading: str, lines: Iterable[str]) -> Group:
    return Group(tuple(Line(line) for line in lines), heading, "text")


def usable_and_missing(pathway: Json) -> tuple[float, float]:
    """UK credits that can count in the end, and those that are missing then: as the advice words them. Credit that would
    crowd out credit still needed at a level does not count."""
    total = pathway["credits_counted"] + pathway["credits_remaining"]
    short = max((minimum["shortfall"] for minimum in pathway["level_minimums"]), default=0)
    usable = max(0, min(pathway["credits_counted"], total - short))
    return usable, total - usable


def _held(item: Json, pathway: Json) -> Line:
    level = f", level {item['level']}" if item["level"] is not None else ""
    ends = {expiry["id"]: expiry["stops_counting"] for expiry in pathway.get("expiries", ())}.get(item["id"])
    lasts = f"; too old for a start on or after {day_words(datetime.date.fromisoformat(ends))}" if ends else ""
    return Line(f"{item['uk_credits']} UK credits{level}{lasts}", item["title"])


def _ways(pathway: Json, titles: Mapping[str, str]) -> Iterator[Line]:
    for name, label in (("cheapest", "Cheapest"), ("fastest", "Fastest")):
        if pathway.get(name):
            yield Line(_plan(pathway[name], titles), label)
    if pathway.get("feasible") is False:
        yield Line("No choice of the courses we know completes this award.", "Not possible yet")
        yield from (Line(BLOCKERS[blocker], "It would work without") for blocker in pathway["blockers"])
    step = pathway.get("next_course")
    if step:
        yield Line(
            f"{title(step['course_id'], titles)}: {step['closes']} UK credits of what is missing, and {step['left']} would be left",
            "Closes most of the gap",
        )


BLOCKERS = {
    "BUDGET": "your limit on money",
    "TIME": "your limit on time",
    "MODE": "your limit on how you study",
    "TRANSFER_CAP": "the award's limit on credit from elsewhere",
    "RESIDENCY": "the credit that must be earned at the university itself",
    "LEVEL_MINIMUM": "the credit needed at a level",
    "REQUIRED_MODULES": "the modules that must be taken",
    "CREDIT_AGE": "the limit on how old credit may be",
    "MAX_AT_LEVEL": "the limit on credit at one level",
    "FREE_CHOICE": "the limit on credit in other subjects",
    "DOUBLE_COUNT": "the limit on credit already used for another award",
    "AVAILABILITY": "courses that are not open to join now",
    "POOL": "the credit needed from named groups of modules",
    "MAX_FROM_POOL": "the limit on credit from one group of modules",
    "EXCLUSION": "modules that may not be taken together",
    "SUBJECT_SHARE": "the share of credit needed in the subject",
    "EXPERIENCE": "the limit on credit for experience",
    "MIN_CLAIM": "the least credit that may be claimed at once",
    "TIME_LIMIT": "the time the award allows",
}


def _plan(plan: Json, titles: Mapping[str, str]) -> str:
    courses = ", ".join(title(course_id, titles) for course_id in plan["course_ids"]) or "nothing more is needed"
    least = f"at least {pounds(plan['cost'])}" if plan.get("unpriced") else pounds(plan["cost"])
    unpriced = f" (price {NOT_STATED} for {plan['unpriced']} of them)" if plan.get("unpriced") else ""
    weeks = f", {plan['weeks']} weeks" if plan["weeks"] is not None else ""
    return f"{courses}: {least}{unpriced}, {plan['hours']} hours of study{weeks}"


UNKNOWN_FIELDS = {
    "credits": "How much credit",
    "level": "The level",
    "year": "The year it was finished",
    "start_year": "The year you start",
    "subject": "The subject",
    "mode": "Online or in person",
    "awarding_body": "Who awards it",
    "price_gbp": "The price",
    "hours_per_week": "How many hours a week you have",
}


def _unknown(pathway: Json, titles: Mapping[str, str]) -> Iterator[Line]:
    """What is not stated and would change the answer: one line for each kind of fact, naming all that lack it."""
    held = {item["id"]: item["title"] for item in (*pathway["counts"], *pathway["does_not_count"])}
    lacking: dict[str, list[str]] = {}
    for unknown in pathway["unknown"]:
        where, _, field = unknown.rpartition(".")
        about = lacking.setdefault(UNKNOWN_FIELDS.get(field, field.replace("_", " ").capitalize()), [])
        if where not in ("constraints", "target_award"):
            about.append(title(where, {**titles, **held}))
    for field, about in lacking.items():
        yield Line(", ".join(about), field) if about else Line(field)


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


def day_words(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
