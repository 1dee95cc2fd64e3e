""" "Your stack" in words: a table for each picture, the three lists with reasons, and what the whole rests on. Pure.

Everything from a record is escaped. The markup needs `stack.css`; without it, it still reads in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.evidence import Evidence
from assistant.outlook import Exit, Outlook, Route, Step
from assistant.outlook_levels import LevelCredit, Part, Way
from assistant.outlook_words import Line, cost_words, incomplete_words
from assistant.stacking.awards import Incomplete
from assistant.stacking.standing import Standing
from corpus.courses import Award
from ui.markup import escape, items, link
from ui.pictures import amount_of, exit_words, level_label, period_words
from ui.words import Words

ALWAYS_SHOWN = (Part.EARNED, Part.PLANNED, Part.MISSING)
"""Parts that have a column even if nobody has any of them."""


def stack_html(found: Outlook, w: Words) -> str:
    """All of it, most useful first: where things stand, the lists, both tables, what it rests on."""
    return "".join((summary_html(found, w), lists_html(found, w), tables_html(found, w), grounds_html(found, w)))


def summary_html(found: Outlook, w: Words) -> str:
    """How far the learner is, how sure that is, and who decides."""
    counted = w("stack.progress", counted=amount_of(found.usable), total=amount_of(found.total))
    decides = w("stack.decides", provider=found.who_decides[0].upper() + found.who_decides[1:])
    without = [w("stack.plan_none")] if found.way in (Way.PARTLY, Way.NOWHERE) else []
    lines = [
        counted,
        standing_words(found, w),
        *([found.would_work_with] if found.would_work_with else without),
        decides,
    ]
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def standing_words(found: Outlook, w: Words) -> str:
    """How strongly the pages say that this counts: never more than the weakest of them."""
    if found.standing is Standing.NOT_SHOWN:
        return f"{found.award.title}: {w('panel.counts_towards_nothing')}"
    return f"{w.of('panel.strength', found.standing)} {found.award.title}"


def route_words(route: Route, w: Words) -> str:
    """ "Cheapest: £3,636, 75 weeks": what the toggle between routes says."""
    time = (
        w("panel.value.hours_in_all", n=route.hours) if route.weeks is None else w("panel.value.weeks", n=route.weeks)
    )
    return f"{w.of('stack', route.objective)}: {cost_words(route.cost.pounds, route.cost.unpriced)}, {time}"


def lists_html(found: Outlook, w: Words) -> str:
    """What counts, what does not and why, what is still needed."""
    three = (
        ("counts", w("stack.counts_title"), found.counts, w("stack.nothing_counts")),
        ("not", w("stack.not_counts_title"), found.does_not_count, w("stack.nothing_lost")),
        ("needed", w("stack.needed_title"), found.needed, w("stack.nothing_needed")),
    )
    return "".join(_list(name, title, lines, none) for name, title, lines, none in three)


def tables_html(found: Outlook, w: Words) -> str:
    """Both pictures as tables; the second one only if there is a course to take."""
    return levels_table(found, w) + (timeline_table(found, w) if found.steps else "")


def levels_table(found: Outlook, w: Words) -> str:
    """Credits by level, a row for each level and one for the award. Zero is written out: it is known to be none."""
    parts = [part for part in Part if part in ALWAYS_SHOWN or found.sum_of(part)]
    heads = "".join(f"<th scope='col'>{escape(w.of('stack.state', part))}</th>" for part in parts)
    rows = "".join(_level_row(level_label(row, found.framework, w), row, parts) for row in found.levels)
    whole = LevelCredit(None, {part: found.sum_of(part) for part in parts})
    award = f"{w('stack.award')} ({amount_of(found.total)})"
    caption = w("stack.picture_title", award=found.award.title)
    meanings = "".join(
        f"<div><dt>{escape(w.of('stack.state', part))}</dt><dd>{escape(w.of('stack.state_means', part))}</dd></div>"
        for part in parts
    )
    return (
        _scrolling(
            caption,
            f"<thead><tr><th scope='col'>{escape(w('panel.fact.level'))}</th>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody><tfoot>{_level_row(award, whole, parts)}</tfoot>",
        )
        + f"<dl class='sa-meanings'>{meanings}</dl>"
    )


def _level_row(label: str, row: LevelCredit, parts: Iterable[Part]) -> str:
    cells = "".join(f"<td>{amount_of(row.of(part))}</td>" for part in parts)
    return f"<tr><th scope='row'>{escape(label)}</th>{cells}</tr>"


def timeline_table(found: Outlook, w: Words) -> str:
    """The courses in order: when, how much credit and money by then, and what is held if one stops."""
    heads = (
        w("panel.courses_title"),
        w("stack.timeline_weeks") if found.hours_per_week else w("stack.plan_hours"),
        w("stack.picture_credits"),
        w("stack.plan_cost"),
        w("stack.award"),
    )
    head = "".join(f"<th scope='col' role='columnheader'>{escape(title)}</th>" for title in heads)
    rows = "".join(
        _step_row(step, point, heads, found, w) for step, point in zip(found.steps, found.exits[1:], strict=True)
    )
    note = w("stack.timeline_no_pace") if found.hours_per_week is None else _pace(found, w)
    inside = f"<thead role='rowgroup'><tr role='row'>{head}</tr></thead><tbody role='rowgroup'>{rows}</tbody>"
    table = _scrolling(w("stack.timeline_title"), inside, css="sa-table sa-cards")
    may = escape(w("stack.exit_point_may"))
    return f"{table}<p class='sa-small'>{escape(note)}</p><p class='sa-small'>{may}</p>"


def _pace(found: Outlook, w: Words) -> str:
    return w("stack.timeline_pace", n=found.hours_per_week)


def _step_row(step: Step, point: Exit, heads: Sequence[str], found: Outlook, w: Words) -> str:
    """One course. As cards on a narrow screen its cells show their own headings, which are in `data-head`."""
    held = exit_words(point, found, w) or w("stack.exit_point_none")
    cells = (period_words(step, w), str(point.new_credits), cost_words(point.cost.pounds, point.cost.unpriced), held)
    shown = "".join(
        f"<td role='cell' data-head='{escape(head)}'>{escape(cell)}</td>"
        for head, cell in zip(heads[1:], cells, strict=True)
    )
    return f"<tr role='row'><th scope='row' role='rowheader'>{_course(step, w)}</th>{shown}</tr>"


def _course(step: Step, w: Words) -> str:
    begins = step.course.start_date
    start = f"<br><span class='sa-small'>{escape(w('panel.fact.start'))}: {escape(begins)}</span>" if begins else ""
    return link(step.course.url, step.course.title, w) + start


def grounds_html(found: Outlook, w: Words) -> str:
    """What the result rests on: assumptions, what is not known, courses that cannot be planned, sources with dates."""
    parts = []
    if found.way is Way.FINISHES and found.steps:
        parts.append(f"<p>{escape(w('stack.proved'))}</p>")
    parts.append(_details(w("stack.assumed_title"), map(escape, found.assumptions)))
    parts.append(_details(w("stack.unknown_title"), map(escape, found.unknown)))
    left_out = f"{w('panel.courses_title')}: {w('stack.not_counts_title')}"
    parts.append(_details(left_out, map(_line, found.courses_left_out)))
    parts.append(_details(w("panel.sources_title"), (_source(source, w) for source in found.sources)))
    return "".join(parts)


def incomplete_html(found: Incomplete, award: Award, w: Words) -> str:
    """Why nothing can be worked out for an award, and its page."""
    return f"<p>{escape(incomplete_words(found, award))}</p><p>{link(award.url, award.title, w)}</p>"


def _list(name: str, title: str, lines: Iterable[Line], none: str) -> str:
    inside = items(map(_line, lines))
    body = f"<ul class='sa-list'>{inside}</ul>" if inside else f"<p>{escape(none)}</p>"
    return f"<section aria-labelledby='sa-stack-{name}'><h3 id='sa-stack-{name}'>{escape(title)}</h3>{body}</section>"


def _line(line: Line) -> str:
    """A reason that names the thing itself needs no name before it."""
    if line.why.startswith(line.what):
        return escape(line.why)
    return f"<strong>{escape(line.what)}</strong> {escape(line.why)}"


def _details(title: str, inside: Iterable[str]) -> str:
    listed = items(inside)
    return f"<details><summary>{escape(title)}</summary><ul class='sa-list'>{listed}</ul></details>" if listed else ""


def _source(source: Evidence, w: Words) -> str:
    dated = w("panel.as_of", date=source.as_of) if source.as_of else w("panel.undated")
    confidence = w.of("panel.confidence", source.confidence)
    return f"{link(source.url, source.title, w)} <span class='sa-small'>{escape(dated)}, {escape(confidence)}</span>"


def _scrolling(caption: str, inside: str, css: str = "sa-table") -> str:
    """A table that scrolls sideways by itself on a narrow screen, and can be reached and scrolled with the keyboard."""
    name = escape(caption)
    return (
        f"<div class='sa-scroll' role='region' aria-label='{name}' tabindex='0'>"
        f"<table class='{css}' role='table'><caption>{name}</caption>{inside}</table></div>"
    )
