"""The desk as HTML: its frame, the caseload and the view of unmet demand. Pure; all data is escaped.

Everything a person can press is a button or a form with `data-do`, the name of a deed in `ui.desk`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from ui.caseload import Case, CaseLine
from ui.desk import VIEWS, Desk
from ui.markup import attributes, button, escape, hidden, sure
from ui.store import SMALLEST_COUNT, UnmetDemand
from ui.words import words

NO_NAMES = "A day and a time, or your own reference. Please leave out names and contact details."


def frame_html(adviser: str, desk: Desk, inside: str, case: Case | None = None, *, sign_out: str = "") -> str:
    """The whole desk: who is signed in, where one can go, and the view itself. `sign_out`: an address, if that is ours."""
    places = (("caseload", "Caseload"), ("demand", "Unmet demand"))
    links = "".join(f"<li>{_place('leave', view, name, desk.view == view)}</li>" for view, name in places)
    leave = f" · <a href='{escape(sign_out)}'>Sign out</a>" if sign_out else ""
    return (
        "<header class='sa-header'><div class='sa-title'><h1>Adviser’s desk</h1>"
        f"<p class='sa-small'>Signed in as {escape(adviser)}{leave}</p></div>"
        f"<nav aria-label='Desk'><ul class='ds-places'>{links}</ul></nav></header>"
        f"{'' if case is None else case_header(desk, case)}"
        f"{_fault(desk) if not desk.fault_at else ''}{inside}"
    )


def _place(do: str, view: str, name: str, here: bool) -> str:
    named = {"type": "button", "class": "ds-place", "data-do": do, "data-view": view}
    return f"<button{attributes({**named, 'aria-current': 'page' if here else None})}>{escape(name)}</button>"


def _fault(desk: Desk) -> str:
    return f"<div class='sa-faults' tabindex='-1' data-focus><p>{escape(desk.fault)}</p></div>" if desk.fault else ""


def case_header(desk: Desk, case: Case) -> str:
    """Which case is open, whose it is, and its views."""
    links = "".join(f"<li>{_place('go', view, name, desk.view == view)}</li>" for view, name in VIEWS.items())
    return (
        f"<section class='ds-case' aria-label='Case'><p class='ds-label'>{escape(case.label)}</p>"
        f"<p class='sa-small'>{escape(standing_words(case))}</p>"
        f"<nav aria-label='Case'><ul class='ds-places'>{links}</ul></nav></section>"
    )


def standing_words(case: Case) -> str:
    """Whose session it is and what the adviser may do with it."""
    if case.learner_gone is not None:
        return (
            f"The learner deleted or stopped sharing this session on {day(case.learner_gone)}. What came from it is gone; "
            "your own notes and plan are here."
        )
    if not case.shared:
        return "Your own client session."
    if case.may_write:
        return "Shared by a learner, who agreed that you may write in it: they see what you ask and change."
    return "Shared by a learner. You can read it. They have not agreed that you may write in it."


def heading(text: str, intro: str = "") -> str:
    """The title of a view; the focus goes there when the view opens."""
    more = f"<p class='sa-small'>{escape(intro)}</p>" if intro else ""
    return f"<h2 tabindex='-1' data-heading>{escape(text)}</h2>{more}"


def form(desk: Desk, do: str, inside: str, send: str, *, css: str = "", strong: bool = False, **data: object) -> str:
    """A form that does a deed, with what was wrong with it the last time."""
    mine = desk.fault_at == do and all(desk.typed.get(name, "") == str(value) for name, value in data.items())
    named = {
        "class": f"sa-form {css}".strip(),
        "data-do": do,
        **{f"data-{name}": value for name, value in data.items()},
    }
    style = "sa-button sa-strong" if strong else "sa-button"
    return (
        f"<form{attributes(named)}>{_fault(desk) if mine else ''}{inside}"
        f"<button type='submit' class='{style}'>{escape(send)}</button></form>"
    )


def field(
    desk: Desk, do: str, name: str, label: str, *, hint: str = "", value: str = "", kind: str = "text", css: str = "",
    **more: object,
) -> str:  # fmt: skip
    """A labelled box; what was typed into it stays while its form cannot be used. `kind`: as for an input, or "area"."""
    where = f"ds-{do}-{name}"
    value = desk.typed.get(name, value) if desk.fault_at == do else value
    about = f"<span class='sa-small' id='{where}-hint'>{escape(hint)}</span>" if hint else ""
    named: dict[str, object] = {"id": where, "name": name, "autocomplete": "off", **more}
    if hint:
        named["aria-describedby"] = f"{where}-hint"
    if kind == "area":
        control = f"<textarea{attributes(named)}>{escape(value)}</textarea>"
    else:
        control = f"<input{attributes({**named, 'type': kind, 'value': value})}>"
    return f"<div class='ds-field {css}'><label for='{where}'>{escape(label)}</label>{about}{control}</div>"


def select(
    desk: Desk, do: str, name: str, label: str, offered: Iterable[tuple[str, str]], *, value: str = "", css: str = ""
) -> str:
    where = f"ds-{do}-{name}"
    value = desk.typed.get(name, value) if desk.fault_at == do else value
    options = "".join(
        f"<option{attributes({'value': one, 'selected': one == value})}>{escape(said)}</option>"
        for one, said in offered
    )
    return (
        f"<div class='ds-field {css}'><label for='{where}'>{escape(label)}</label>"
        f"<select{attributes({'id': where, 'name': name})}>{options}</select></div>"
    )


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML that is ready; the first cell of a row is its heading. It scrolls by itself if narrow."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr><th scope='row'>{first}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
        for first, *cells in rows
    )
    return (
        f"<div class='ds-table' tabindex='0' role='region' aria-label='{escape(caption)}'><table>"
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def day(moment: datetime.datetime | datetime.date) -> str:
    return f"{moment:%-d %B %Y}"


def caseload_html(desk: Desk, cases: Sequence[CaseLine], today: datetime.date) -> str:
    """The adviser's cases, and the two ways to begin one."""
    listed = table(
        "Your cases", ("Case", "Session", "Next step due", "Last changed"), (_line(case, today) for case in cases)
    )
    none = "<p class='sa-unstated'>No cases yet.</p>"
    label = field(desk, "start", "label", "Label", hint=NO_NAMES, maxlength=80)
    shared = field(
        desk, "open_shared", "code", "Code from the learner", hint="Three groups of four, for example BCDF-2345-GHJK.",
        maxlength=20, autocapitalize="characters", spellcheck="false",
    ) + field(desk, "open_shared", "label", "Label", hint=NO_NAMES, maxlength=80)  # fmt: skip
    return (
        f"{heading('Caseload')}{listed if cases else none}<div class='ds-two'>"
        f"<section class='sa-card' aria-labelledby='ds-new'><h3 id='ds-new'>Start a client session</h3>"
        f"{form(desk, 'start', label, 'Start', strong=True)}</section>"
        f"<section class='sa-card' aria-labelledby='ds-code'><h3 id='ds-code'>Open a learner’s shared session</h3>"
        f"{form(desk, 'open_shared', shared, 'Open')}</section></div>"
    )


def _line(case: CaseLine, today: datetime.date) -> tuple[str, ...]:
    if case.learner_gone is not None:
        whose = "deleted by the learner"
    else:
        turns = f"{case.turns} {'question' if case.turns == 1 else 'questions'}"
        whose = f"{'shared by the learner' if case.shared else 'your own'}, {turns}"
    opened = button("open", case.label, css="sa-quiet", more="open case", case=case.id)
    return opened, escape(whose), _due(case, today), escape(day(case.changed))


def _due(case: CaseLine, today: datetime.date) -> str:
    if not case.open_actions:
        return "no open steps"
    steps = f"{case.open_actions} open {'step' if case.open_actions == 1 else 'steps'}"
    if case.due is None:
        return f"{steps}, no date"
    late = "<strong>overdue:</strong> " if case.due < today else ""
    return f"{late}{escape(day(case.due))} ({steps})"


def demand_html(demand: UnmetDemand, since: datetime.date) -> str:
    """What was looked for and not found, in counts that point at nobody."""
    intro = (
        f"Searches that matched no course since {day(since)}: counts of our own words for them, with no text that anyone "
        f"typed. Groups of fewer than {SMALLEST_COUNT} are not shown."
    )
    rows = [(escape(one.subject), escape(one.limits or "none"), str(one.count)) for one in demand.counts]
    listed = table("Searches without a match", ("Looked for", "Limits", "Searches"), rows)
    others = "" if demand.others in (None, 0) else f"<p>Other searches, in smaller groups: {demand.others}.</p>"
    total = "" if demand.total is None else f"<p>In all: {demand.total}.</p>"
    return f"{heading('Unmet demand', intro)}{listed if rows else '<p class=sa-unstated>Nothing to show yet.</p>'}{others}{total}"


def manage_html(desk: Desk, case: Case) -> str:
    """The label, and the end of a case."""
    label = field(desk, "rename", "label", "Label", hint=NO_NAMES, value=case.label, maxlength=80)
    question = (
        "Delete this case with its notes, plan, exceptions and drafts? This cannot be undone. The learner keeps their session."
        if case.shared
        else "Delete this case with its conversation, notes, plan, exceptions and drafts? This cannot be undone."
    )
    return (
        f"<section class='sa-card' aria-labelledby='ds-manage'><h3 id='ds-manage'>This case</h3>"
        f"{form(desk, 'rename', label, 'Change label')}"
        f"{sure('delete', 'Delete this case', question, 'Yes, delete it', words('en'))}</section>"
    )


def facts(pairs: Mapping[str, str]) -> str:
    """Names and values, one under the other."""
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs.items())
    return f"<dl class='ds-facts'>{rows}</dl>"


def named(visible: str, more: str) -> str:
    """Words with more for a screen reader."""
    return f"{escape(visible)}{hidden(f' {more}')}"
