"""Up to four courses side by side, as one table that turns into cards on a narrow screen. Pure; all data is escaped.

The markup needs `compare.css`. The roles are written out because a table that is laid out as cards loses them otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.compare import Field, KnownCounts, Row, compare_lines, differences
from corpus.courses import Course
from ui.markup import button, escape, items, link
from ui.words import Words

FIELD_KEYS = {
    Field.PROVIDER: "panel.fact.provider",
    Field.CREDIT: "panel.fact.credit",
    Field.LEVEL: "panel.fact.level",
    Field.PRICE: "panel.fact.price",
    Field.MODE: "panel.fact.mode",
    Field.TIME: "panel.fact.time",
    Field.START: "panel.fact.start",
    Field.ENTRY: "panel.fact.entry",
    Field.COUNTS_TOWARDS: "panel.counts_towards",
}
"""Fields that the page names elsewhere too. The others keep the name that an answer gives them."""


def compare_html(courses: Sequence[Course], w: Words, where_it_counts: KnownCounts | None = None) -> str:
    """The comparison, with a button to take each course out; how to begin one if no course is chosen.

    `where_it_counts` is `Pathways.where_it_counts`. Raises `ValueError` for more than four courses.
    """
    if not courses:
        return f"<p>{escape(w('compare.empty'))}</p>"
    rows = compare_lines(courses, where_it_counts)
    head = "".join(f"<th scope='col' role='columnheader'>{_course(course, w)}</th>" for course in courses)
    body = "".join(_row(row, courses, w) for row in rows)
    told = f"<p class='sa-compare-told'>{escape(differences(rows))}</p>" if len(courses) > 1 else ""
    name = escape(w("compare.table"))
    return (
        f"{told}<div class='sa-compare' role='region' aria-label='{name}' tabindex='0'>"
        f"<table class='sa-compare-table' role='table'><caption>{name}</caption>"
        f"<thead role='rowgroup'><tr role='row'><td role='cell'></td>{head}</tr></thead>"
        f"<tbody role='rowgroup'>{body}</tbody></table></div>"
        f"<p>{button('uncompare', w('compare.clear'), css='sa-quiet')}</p>"
    )


def label(field: Field, row: Row, w: Words) -> str:
    key = FIELD_KEYS.get(field)
    return row.label if key is None else w(key)


def _course(course: Course, w: Words) -> str:
    out = button("compare", w("panel.compare_remove"), more=f": {course.title}", css="sa-quiet", course=course.id)
    return f"{link(course.url, course.title, w)}<br>{out}"


def _row(row: Row, courses: Sequence[Course], w: Words) -> str:
    css = " class='sa-compare-differs'" if row.differs else ""
    cells = "".join(_cell(row, place, course) for place, course in enumerate(courses))
    return f"<tr role='row'{css}><th scope='row' role='rowheader'>{escape(label(row.field, row, w))}</th>{cells}</tr>"


def _cell(row: Row, place: int, course: Course) -> str:
    """A cell; on cards the course's name stands before it, which a screen reader has from the column already."""
    lines = row.cells[place]
    if not lines:
        inside, css = escape(row.absent), " class='sa-unstated'"
    else:
        inside = escape(lines[0]) if len(lines) == 1 else f"<ul>{items(map(escape, lines))}</ul>"
        css = ""
    return f"<td role='cell'{css}><span class='sa-compare-of' aria-hidden='true'>{escape(course.title)}</span>{inside}</td>"
