"""What stands behind one answer: questions to send, course cards and sources, as HTML. Pure; all data is escaped."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from assistant.answer import Answer, AskOther, Pick
from assistant.compare import MOST_COMPARED
from assistant.evidence import Evidence, amount, credit_words, level_words
from corpus.courses import Course, StackClaim
from ui.markup import button, copy_button, escape, hidden, items, link
from ui.words import Words

LONGEST_IN_HALF_A_CARD = 44
"""Characters of a value that stand well beside another one; a longer value gets the whole width."""

PROMISES = ("sourced", "unstated", "may")


def welcome_html(w: Words) -> str:
    """What the panel says before the first answer."""
    promises = items(escape(w.of("panel.promise", promise)) for promise in PROMISES)
    return f"<h2>{escape(w('panel.expect_title'))}</h2><ul class='sa-list'>{promises}</ul>"


def panel_html(answer: Answer | None, w: Words, compared: Collection[str] = ()) -> str:
    """Everything behind one answer, most useful first: the courses, what to ask whom, the sources."""
    if answer is None:
        return welcome_html(w)
    parts = (
        _section("courses", w("panel.courses_title"), "".join(_course(pick, w, compared) for pick in answer.picks)),
        _section("ask", w("panel.ask_title"), "".join(_ask(other, w) for other in answer.ask_others)),
        _section("sources", w("panel.sources_title"), sources_html(answer, w)),
    )
    return f"<h2>{escape(w('panel.title'))}</h2>{''.join(parts)}" if any(parts) else welcome_html(w)


def jump_html(answer: Answer, w: Words) -> str:
    """Links from under an answer to the parts of the panel, with how many there are of each; empty if there are none."""
    counted = (
        ("courses", w("panel.courses", n=len(answer.picks)), answer.picks),
        ("ask", w("panel.questions_to_ask", n=len(answer.ask_others)), answer.ask_others),
        ("sources", w("panel.sources", n=len(answer.evidence)), answer.evidence),
    )
    links = [f"<a href='#sa-{part}' data-view='answer'>{escape(words)}</a>" for part, words, there in counted if there]
    return (
        f"<nav class='sa-jump' aria-label='{escape(w('panel.title'))}'><ul>{items(links)}</ul></nav>" if links else ""
    )


def sources_html(answer: Answer, w: Words) -> str:
    """The numbered sources of an answer; empty if it cites none."""
    if not answer.evidence:
        return ""
    listed = (
        f"<li id='sa-source-{number}'>{source_html(number, source, w)}</li>"
        for number, source in enumerate(answer.evidence, start=1)
    )
    return f"<ol class='sa-sources'>{''.join(listed)}</ol>"


def source_html(number: int, source: Evidence, w: Words) -> str:
    """One source: its title and address, what kind of thing it is, how old and how sure, and its own words."""
    return (
        f"<p class='sa-source-title'><span class='sa-number'>[{number}]</span> {link(source.url, source.title, w)}</p>"
        f"<p class='sa-small'>{escape(source_line(source, w))}</p>"
        f"<details><summary>{escape(w('panel.what_it_says'))}{hidden(': ' + w('panel.source_number', number=number))}"
        f"</summary><blockquote>{escape(source.quote)}</blockquote></details>"
    )


def source_line(source: Evidence, w: Words) -> str:
    """What kind of source it is, its date, and how far to trust it. A kind or confidence we have no words for is shown as
    it is."""
    dated = w("panel.as_of", date=source.as_of) if source.as_of else w("panel.undated")
    kind = _of(w, "panel.kind", source.kind)
    return f"{kind} · {dated} · {_of(w, 'panel.confidence', str(source.confidence))}"


def _of(w: Words, group: str, value: str) -> str:
    return w.of(group, value) if f"{group}.{value}" in w.entries else value


def _course(pick: Pick, w: Words, compared: Collection[str]) -> str:
    course = pick.course
    why = f"<p class='sa-why'>{escape(pick.why)}</p>" if pick.why else ""
    facts = "".join(_fact(name, value, w) for name, value in course_facts(course, w).items())
    return (
        f"<article class='sa-card'><h4>{link(course.url, course.title, w)}</h4>"
        f"<p class='sa-small'>{escape(course.provider)}</p>{why}<dl class='sa-facts'>{facts}</dl>"
        f"<p class='sa-label'>{escape(w('panel.counts_towards'))}</p>{_counts(course.stacks_into, w)}"
        f"{_compare(course, w, compared)}</article>"
    )


def _compare(course: Course, w: Words, compared: Collection[str]) -> str:
    chosen = course.id in compared
    words = w("panel.compare_remove" if chosen else "panel.compare_add")
    if not chosen and len(compared) >= MOST_COMPARED:
        return f"<p class='sa-small'>{escape(w('compare.full', most=MOST_COMPARED))}</p>"
    return button("compare", words, more=f": {course.title}", css="sa-quiet", pressed=chosen, course=course.id)


def course_facts(course: Course, w: Words) -> dict[str, str]:
    """What a course card states, by label, in order: "not stated" wherever the page does not say."""
    unstated = w("panel.not_stated")
    facts = {
        "credit": _credit(course, w),
        "level": unstated if course.at_level is None else level_words(course),
        "price": _price(course, w),
        "mode": unstated if course.mode is None else w.of("panel.value", course.mode.value),
        "time": _time(course, w) or unstated,
        "start": course.start_date or unstated,
        "entry": course.entry_requirements or unstated,
    }
    return {w.of("panel.fact", name): value for name, value in facts.items()}


def _credit(course: Course, w: Words) -> str:
    if course.credits is None or course.credit_system is None:
        return w("panel.value.no_credit") if course.credit_bearing is False else w("panel.not_stated")
    return credit_words(course)


def _price(course: Course, w: Words) -> str:
    note = f"; {course.price_note}" if course.price_note else ""
    if course.price_gbp is None:
        return w("panel.not_stated") + note
    price = w("panel.value.free") if course.price_gbp == 0 else f"£{amount(course.price_gbp)}"
    dated = w("panel.as_of", date=course.seen) if course.seen else w("panel.undated")
    return f"{price} ({dated}){note}"


def _time(course: Course, w: Words) -> str:
    stated = (
        ("weeks", course.weeks),
        ("hours_a_week", course.hours_per_week),
        ("hours_in_all", course.hours_total),
    )
    return ", ".join(w.of("panel.value", name, n=_plain(n)) for name, n in stated if n is not None)


def _plain(number: Decimal | int) -> Decimal | int:
    """A number that prints without needless zeros."""
    return int(number) if number == int(number) else Decimal(number).normalize()


def _fact(name: str, value: str, w: Words) -> str:
    unstated = " class='sa-unstated'" if value.startswith(w("panel.not_stated")) else ""
    wide = " class='sa-long'" if len(value) > LONGEST_IN_HALF_A_CARD else ""
    return f"<div{wide}><dt>{escape(name)}</dt><dd{unstated}>{escape(value)}</dd></div>"


def _counts(claims: tuple[StackClaim, ...], w: Words) -> str:
    if not claims:
        return f"<p class='sa-unstated'>{escape(w('panel.counts_towards_nothing'))}</p>"
    return f"<ul class='sa-list'>{items(_claim(claim, w) for claim in claims)}</ul>"


def _claim(claim: StackClaim, w: Words) -> str:
    strength = escape(w.of("panel.strength", claim.strength.value))
    note = f" <span class='sa-small'>{escape(claim.note)}</span>" if claim.note else ""
    return f"<span class='sa-strength'>{strength}</span> {escape(claim.award)}{note}"


def _ask(other: AskOther, w: Words) -> str:
    title = escape(w("panel.ask_who", who=other.who))
    copy = copy_button("sa-question", w("panel.copy_question"), w, w("panel.copy_question_for", who=other.who))
    return (
        f"<div class='sa-card sa-copyable'><h4>{title}</h4>"
        f"<blockquote class='sa-question'>{escape(other.question)}</blockquote>{copy}</div>"
    )


def _section(part: str, title: str, inside: str) -> str:
    if not inside:
        return ""
    heading = f"<h3 id='sa-{part}-title'>{escape(title)}</h3>"
    return f"<section id='sa-{part}' tabindex='-1' aria-labelledby='sa-{part}-title'>{heading}{inside}</section>"
