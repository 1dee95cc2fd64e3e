"""One award's pathway in words: what counts, what does not and why, what is missing, and what stands in the way. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping

from ui.lines import NOT_STATED, Group, Line, day_words, pounds
from ui.record import Counted, Json, title

STANDINGS = {
    "published": "The courses used here are on the award's own published lists. The university or college still decides.",
    "may_count": "This may count. It compares size and level; the university or college decides.",
    "not_shown": "No page we read shows that these courses count. Ask before you pay.",
}


def pathway_groups(counted: Counted, titles: Mapping[str, str]) -> Iterator[Group]:
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
