"""A course, or something already studied, in words, from the JSON of the contract: "not stated" wherever nothing is said. Pure."""

from __future__ import annotations

from ui.lines import NOT_STATED, pounds
from ui.record import Json
from ui.words import Words, words

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


def _time(course: Json) -> str:
    say = words("en")
    stated = (("weeks", "weeks"), ("hours_per_week", "hours_a_week"), ("hours_total", "hours_in_all"))
    parts = [say.of("panel.value", key, n=course[name]) for name, key in stated if course[name] is not None]
    return ", ".join(parts) or NOT_STATED
