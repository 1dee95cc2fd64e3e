"""What stands beside the chat: questions to send, course cards and sources, as HTML. Pure; all data is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

from assistant.answer import Answer, AskOther, Pick
from assistant.evidence import Evidence, amount, credit_words, level_words, mode_words
from corpus.courses import Course, StackClaim, Strength

NOT_STATED = "not stated"

LONGEST_IN_HALF_A_CARD = 44
"""Characters of a value that stand well beside another one; a longer value gets the whole width."""

KIND_WORDS = {"card": "Rule or fact", "course": "Course page", "award": "Award page"}

CONFIDENCE_WORDS = {
    "high": "high confidence: a primary source, or sources that agree",
    "medium": "medium confidence: one decent source, or an older one",
    "low": "low confidence: weak or conflicting sources, so check before you rely on it",
}

STRENGTH_WORDS = {
    Strength.PUBLISHED: "Listed as part of",
    Strength.MAY_COUNT: "May count towards",
    Strength.PREPARATORY: "Prepares for",
}

PROMISES = (
    "Every fact shows where it was read and when.",
    "Where a page does not say, you will read “not stated”. Nothing is guessed.",
    "A course that “may count” stays “may count”: the university or college decides.",
)


def welcome_html() -> str:
    """What the panel says before the first answer."""
    return _panel(f"<h2>What to expect</h2><ul class='sa-promises'>{_items(map(escape, PROMISES))}</ul>")


def panel_html(answer: Answer) -> str:
    """Everything behind one answer, most useful first: what to ask whom, the courses, the sources."""
    parts = (
        _section("ask", "Ask this", "".join(map(_ask, answer.ask_others))),
        _section("courses", "Courses", "".join(map(_course, answer.picks))),
        _section("sources", "Sources", sources_html(answer)),
    )
    return _panel(f"<h2>Behind this answer</h2>{''.join(parts)}") if any(parts) else welcome_html()


def jump_html(answer: Answer) -> str:
    """Links from under the chat to the parts of the panel, with how many there are of each; empty if there are none."""
    counted = (
        ("sources", _count(answer.evidence, "source", "sources")),
        ("courses", _count(answer.picks, "course", "courses")),
        ("ask", _count(answer.ask_others, "question to ask", "questions to ask")),
    )
    links = [f"<li><a href='#sa-{part}'>{words}</a></li>" for part, words in counted if words]
    return f"<nav class='sa-jump' aria-label='Behind this answer'><ul>{''.join(links)}</ul></nav>" if links else ""


def status_html(text: str = "") -> str:
    """One line on what is happening or what is wrong; empty when there is nothing to say."""
    return f"<p>{escape(text)}</p>" if text else ""


def sources_html(answer: Answer) -> str:
    """The numbered sources of an answer; empty if it cites none."""
    if not answer.evidence:
        return ""
    items = "".join(_source(number, source) for number, source in enumerate(answer.evidence, start=1))
    return f"<ol class='sa-sources'>{items}</ol>"


def escape(text: str) -> str:
    """Text that shows as itself, between tags or in a quoted attribute."""
    return html.escape(text, quote=True)


def link(url: str, words: str) -> str:
    """A link that tells the other page nothing about ours; the words alone if the address is not http or https."""
    if not url.lower().startswith(("http://", "https://")):
        return escape(words)
    hidden = "<span class='sa-hidden'> (opens in a new tab)</span>"
    return f"<a href='{escape(url)}' target='_blank' rel='noopener noreferrer nofollow'>{escape(words)}{hidden}</a>"


def _source(number: int, source: Evidence) -> str:
    dated = f"as of {escape(source.as_of)}" if source.as_of else "page undated"
    kind = KIND_WORDS.get(source.kind, source.kind)
    confidence = CONFIDENCE_WORDS.get(str(source.confidence), f"{source.confidence} confidence")
    title = f"<span class='sa-number'>[{number}]</span> {link(source.url, source.title)}"
    return (
        f"<li id='sa-source-{number}'><p class='sa-source-title'>{title}</p>"
        f"<p class='sa-small'>{escape(kind)} · {dated} · {escape(confidence)}</p>"
        f"<details><summary>What it says<span class='sa-hidden'>: source {number}</span></summary>"
        f"<blockquote>{escape(source.quote)}</blockquote></details></li>"
    )


def _course(pick: Pick) -> str:
    course = pick.course
    why = f"<p class='sa-why'>{escape(pick.why)}</p>" if pick.why else ""
    facts = "".join(_fact(name, value) for name, value in course_facts(course).items())
    return (
        f"<article class='sa-card'><h4>{link(course.url, course.title)}</h4>"
        f"<p class='sa-provider'>{escape(course.provider)}</p>{why}<dl class='sa-facts'>{facts}</dl>"
        f"<p class='sa-counts-title'>Counts towards</p>{_counts(course.stacks_into)}</article>"
    )


def course_facts(course: Course) -> dict[str, str]:
    """What a course card states, by label, in order: "not stated" wherever the page does not say."""
    return {
        "Credit": _credit(course),
        "Level": level_words(course),
        "Price": _price(course),
        "How": NOT_STATED if course.mode is None else mode_words(course),
        "Time": _time(course),
        "Start": course.start_date or NOT_STATED,
        "Entry": course.entry_requirements or NOT_STATED,
    }


def _credit(course: Course) -> str:
    words = credit_words(course)
    return "carries no credit" if words == "none" else words


def _price(course: Course) -> str:
    dated = f"as of {course.seen}" if course.seen else "page undated"
    note = f"; {course.price_note}" if course.price_note else ""
    if course.price_gbp is None:
        return f"{NOT_STATED}{note}"
    return f"{'free' if course.price_gbp == 0 else f'£{amount(course.price_gbp)}'} ({dated}){note}"


def _time(course: Course) -> str:
    stated = (
        (course.weeks, "week", ""),
        (course.hours_per_week, "hour", " a week"),
        (course.hours_total, "hour", " in all"),
    )
    parts = [f"{amount(n)} {unit}{'' if n == 1 else 's'}{rest}" for n, unit, rest in stated if n is not None]
    return ", ".join(parts) or NOT_STATED


def _fact(name: str, value: str) -> str:
    unstated = " class='sa-unstated'" if value.startswith(NOT_STATED) else ""
    wide = " class='sa-long'" if len(value) > LONGEST_IN_HALF_A_CARD else ""
    return f"<div{wide}><dt>{name}</dt><dd{unstated}>{escape(value)}</dd></div>"


def _counts(claims: tuple[StackClaim, ...]) -> str:
    if not claims:
        return "<p class='sa-unstated'>not known to count towards anything</p>"
    return f"<ul class='sa-counts'>{_items(_claim(claim) for claim in claims)}</ul>"


def _claim(claim: StackClaim) -> str:
    note = f" <span class='sa-small'>{escape(claim.note)}</span>" if claim.note else ""
    return f"<span class='sa-strength'>{STRENGTH_WORDS[claim.strength]}</span> {escape(claim.award)}{note}"


def _ask(other: AskOther) -> str:
    who = escape(other.who)
    words = f"Copy this question<span class='sa-hidden'> for {who}</span>"
    return (
        f"<div class='sa-card sa-ask'><h4>Ask {who}</h4>"
        f"<blockquote class='sa-question'>{escape(other.question)}</blockquote>"
        f"<button type='button' class='sa-copy'>{words}</button></div>"
    )


def _section(part: str, title: str, inside: str) -> str:
    if not inside:
        return ""
    heading = f"<h3 id='sa-{part}-title'>{title}</h3>"
    return f"<section id='sa-{part}' tabindex='-1' aria-labelledby='sa-{part}-title'>{heading}{inside}</section>"


def _panel(inside: str) -> str:
    return f"<div class='sa-panel'>{inside}</div>"


def _items(items: Iterable[str]) -> str:
    return "".join(f"<li>{item}</li>" for item in items)


def _count(values: tuple[object, ...], one: str, many: str) -> str:
    return f"{len(values)} {one if len(values) == 1 else many}" if values else ""
