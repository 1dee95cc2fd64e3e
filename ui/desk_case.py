"""One case as HTML, view by view. Pure; all data is escaped."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from assistant.outlook_words import Line
from assistant.profile import LearnerProfile
from assistant.saved import read_conversation
from assistant.sentences import LONGEST_MESSAGE
from assistant.stacking.standing import Standing
from corpus.catalogue import Catalogue
from ui.caseload import Action, Case, Draft, MadeException
from ui.desk import Desk
from ui.desk_html import day, facts, field, form, heading, manage_html, named, select, table
from ui.desk_record import decision_words, title_of
from ui.markup import attributes, button, escape, hidden, items, link
from ui.profile_form import LONGEST_TEXT, SINGLE_FACTS, Choices, prior_html, value_words
from ui.saved_turns import Json, Turn
from ui.whatif import Found, NotWorkedOut, Row
from ui.words import Entry, Words, words

GONE = "<p class='sa-unstated'>The learner’s session is not here any more.</p>"


def profile_of(case: Case) -> LearnerProfile:
    """What is known about the client; nothing once their session is gone."""
    return LearnerProfile() if case.conversation is None else read_conversation(case.conversation).profile


SENDS: Mapping[str, Any] = MappingProxyType({"data-send": True})
"""Marks a box in which Enter sends."""

# The conversation, and the drawer of evidence under each answer


def talk_html(desk: Desk, case: Case) -> str:
    if case.conversation is None:
        return heading("Conversation") + GONE
    turns = "".join(_turn(number, turn) for number, turn in enumerate(case.turns, start=1))
    empty = "<p class='sa-unstated'>Nothing asked yet.</p>"
    return f"{heading('Conversation')}{f'<ol class=sa-turns>{turns}</ol>' if turns else empty}{_sending(desk)}{_composer(desk, case)}"


def _sending(desk: Desk) -> str:
    return "" if desk.sending is None else f"<div class='sa-said'><p>{escape(desk.sending)}</p></div>"


def _composer(desk: Desk, case: Case) -> str:
    if not case.may_write:
        return "<p class='sa-card'>You can read this session. To ask here yourself, the learner has to agree on their page.</p>"
    box = field(
        desk, "ask", "question", "Question", kind="area", value=desk.question, rows=2, maxlength=LONGEST_MESSAGE,
        hint="Enter sends, Shift and Enter starts a new line. Leave names out.", **SENDS,
    )  # fmt: skip
    return form(desk, "ask", box, "Ask", strong=True, css="ds-composer")


def _turn(number: int, turn: Turn) -> str:
    who = "Client" if turn.by is None else turn.by
    return (
        f"<li class='sa-turn' id='ds-turn-{number}'><div class='sa-said'><p class='sa-small'>{escape(who)}, {day(turn.said)}</p>"
        f"<p>{escape(turn.message)}</p></div><div class='sa-answer'><div class='sa-prose'>{''.join(_prose(turn.advice))}</div>"
        f"{_drawer(number, turn.advice)}</div></li>"
    )


def _prose(advice: Json) -> Iterator[str]:
    """The answer, a line for each run of sentences on the same sources."""
    numbers = _numbers(advice)
    run: list[Json] = []
    for claim in [*advice["claims"], None]:
        if run and (claim is None or claim["citations"] != run[0]["citations"]):
            marks = " ".join(f"[{numbers[cited]}]" for cited in run[0]["citations"])
            said = " ".join(escape(_claim(one)) for one in run)
            yield f"<p>{said}{f' <span class=sa-number>{marks}</span>' if marks else ''}</p>"
            run = []
        if claim is not None:
            run.append(claim)
    for other in advice["ask_others"]:
        yield f"<p><strong>Ask {escape(other['who'])}:</strong> “{escape(other['question'])}”</p>"
    for question in advice["questions"]:
        yield f"<p class='sa-back'>{escape(question)}</p>"
    for notice in advice["notices"]:
        yield f"<p class='sa-small'>{escape(notice)}</p>"


def _claim(claim: Json) -> str:
    return f"Caution: {claim['text']}" if claim["kind"] == "caution" else str(claim["text"])


def _numbers(advice: Json) -> dict[str, int]:
    return {source["id"]: number for number, source in enumerate(advice["evidence"], start=1)}


def _drawer(number: int, advice: Json) -> str:
    """Everything behind one answer, closed until it is wanted."""
    count = len(advice["evidence"])
    total = advice["timings_ms"].get("total")
    summary = f"Evidence: {count} {'source' if count == 1 else 'sources'}, {len(advice['dropped'])} dropped"
    parts = (
        _part("Sources", f"<ol class='sa-sources'>{items(_sources(advice))}</ol>" if count else ""),
        _part("Dropped by the claim gate", _list(f"{one['text']} ({one['why']})" for one in advice["dropped"])),
        _part("Rules applied", _list(_rules(advice))),
        _part("Limits on the search", _list(advice.get("limits", {}).values())),
        _part("Trace", facts(_trace(advice, total))),
    )
    return (
        f"<details class='ds-drawer' data-key='drawer-{number}'><summary>{escape(summary)}{hidden(f', answer {number}')}"
        f"</summary>{''.join(parts)}</details>"
    )


def _part(title: str, inside: str) -> str:
    return f"<h3>{escape(title)}</h3>{inside}" if inside else ""


def _list(lines: Iterable[str]) -> str:
    listed = items(escape(line) for line in lines)
    return f"<ul class='sa-list'>{listed}</ul>" if listed else ""


def _sources(advice: Json) -> Iterator[str]:
    for number, source in enumerate(advice["evidence"], start=1):
        dated = f"as of {source['as_of']}" if source["as_of"] else "page undated"
        score = f" · score {source['score']:.2f}" if isinstance(source.get("score"), float) else ""
        kind, sure = _said("panel.kind", source["kind"]), _said("panel.confidence", source["confidence"])
        yield (
            f"<p class='sa-source-title'><span class='sa-number'>[{number}]</span> "
            f"{link(source['url'], source['title'], words('en'))}</p>"
            f"<p class='sa-small'>{escape(f'{kind} · {dated} · {sure}{score}')}</p>"
            f"<blockquote>{escape(source['quote'])}</blockquote>"
        )


def _said(group: str, value: str) -> str:
    """The words for a value; the value itself where there are none."""
    w = words("en")
    return w.of(group, value) if f"{group}.{value}" in w.entries else value


def _rules(advice: Json) -> Iterator[str]:
    """What the stacking engine assumed for each award it worked out."""
    for pathway in advice["pathways"]:
        for said in pathway.get("assumptions", ()):
            yield f"{pathway['award_title']}: {said}"


def _trace(advice: Json, total: Any) -> dict[str, str]:
    steps = ", ".join(f"{step} {spent:.0f}" for step, spent in advice["timings_ms"].items() if step != "total")
    return {
        "Outcome": advice["outcome"].replace("_", " "),
        "Time": f"{total:.0f} ms ({steps})" if isinstance(total, int | float) else "not measured",
        "Language model": advice["model"],
        "Records": str(advice["corpus"])[:12],
    }


# Intake


def intake_html(desk: Desk, case: Case, choices: Choices) -> str:
    if case.conversation is None:
        return heading("Intake") + GONE
    profile = profile_of(case)
    if not case.may_write:
        return heading("Intake", "What is known about the client, as they gave it.") + _known(profile, choices)
    boxes = "".join(_fact(desk, name, profile, choices) for name in SINGLE_FACTS)
    intro = "Leave empty what is not known; nothing is guessed. No names and no contact details."
    return (
        f"{heading('Intake', intro)}{form(desk, 'intake', f'<div class=ds-grid>{boxes}</div>', 'Save the form', strong=True)}"
        f"<div class='ds-prior'>{prior_html(profile, in_third_person(), desk.draft)}</div>"
    )


LABELS = {
    "nation": "Where the client lives",
    "work": "Work now",
    "occupation": "Job wanted",
    "target_award": "Award wanted",
    "income_gbp": "Income a year in pounds",
    "budget_gbp": "Budget in pounds",
    "hours_per_week": "Hours a week for study",
    "weeks_available": "Weeks available",
    "mode": "Way of studying",
    "access_needs": "Support needed",
    "start_year": "Year to start",
}
"""What the form calls facts where the learner's page says "you"."""


THIRD_PERSON = {
    "profile.prior.title": "Prior learning",
    "profile.prior.add_first": "Add prior learning",
    "profile.prior.intro": "One row for each course or award. Leave a box empty if it is not known.",
    "profile.prior.unknown": "not known",
    "profile.not_said": "not known",
    "profile.from_form": "typed into a form",
}
"""What the learner's form for prior learning says to "you"."""


def in_third_person() -> Words:
    """The page's words, said about a client."""
    said = {key: Entry({"other": text}, frozenset()) for key, text in THIRD_PERSON.items()}
    return replace(words("en"), entries={**words("en").entries, **said})


def label_of(name: str) -> str:
    return LABELS.get(name) or _said("profile.field", name)


def _fact(desk: Desk, name: str, profile: LearnerProfile, choices: Choices) -> str:
    value = profile.get(name)
    typed = "" if value is None else f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    offered = choices.for_field(name, words("en"))
    label, hint = label_of(name), "" if name in LABELS else _said("profile.hint", name)
    if offered is not None:
        return select(desk, "intake", name, label, (("", "not known"), *offered), value=typed)
    return field(desk, "intake", name, label, hint=hint, value=typed, maxlength=LONGEST_TEXT)


def _known(profile: LearnerProfile, choices: Choices) -> str:
    w = words("en")
    told = {
        label_of(name): value_words(name, profile.get(name), choices, w)
        for name in SINGLE_FACTS
        if name in profile.facts
    }
    return (facts(told) if told else "<p class='sa-unstated'>Nothing yet.</p>") + _part(
        "Prior learning", _held(profile)
    )


def _held(profile: LearnerProfile) -> str:
    return _list(_prior_words(item) for item in profile.prior_learning)


def _prior_words(item: Any) -> str:
    size = "credit not stated" if item.credits is None else f"{item.credits:f} {item.system or 'credits'}"
    level = "level not stated" if item.level is None else f"{item.framework or ''} level {item.level}".strip()
    return " · ".join(filter(None, (item.title, size, level, str(item.year or ""), item.awarding_body or "")))


# Awards and exceptions

STANDING = {
    Standing.PUBLISHED: "listed by the award",
    Standing.MAY_COUNT: "may count",
    Standing.NOT_SHOWN: "no page says that it counts",
}
"""The weakest claim that the cheapest way rests on."""


def awards_html(desk: Desk, case: Case, rows: Sequence[Row], choices: Choices, catalogue: Catalogue) -> str:
    if case.conversation is None:
        return heading("Awards") + GONE
    profile = profile_of(case)
    intro = "The client’s prior learning held against several awards by the stacking engine. UK credits. The university decides."
    return (
        f"{heading('Awards', intro)}{_suppose(desk, choices)}{_compared(rows) if rows else _nothing(profile)}"
        f"{''.join(_behind(row) for row in rows if isinstance(row, Found))}"
        f"{_exceptions(desk, case, profile, rows, catalogue)}"
    )


def _nothing(profile: LearnerProfile) -> str:
    why = "Add prior learning or a target award in the intake form, or choose an award here."
    return f"<p class='sa-unstated'>Nothing to compare yet. {escape(why)}</p>" if not profile.prior_learning else (
        "<p class='sa-unstated'>None of the national awards is near; choose an award here.</p>"
    )  # fmt: skip


def _suppose(desk: Desk, choices: Choices) -> str:
    supposed = desk.supposed
    shown = {
        name: "" if value is None else f"{value:f}"
        for name, value in (("budget_gbp", supposed.budget_gbp), ("hours_per_week", supposed.hours_per_week))
    }
    boxes = (
        select(desk, "suppose", "award", "Add an award", (("", "none"), *choices.awards))
        + field(
            desk, "suppose", "budget_gbp", "Suppose a budget, in pounds", value=shown["budget_gbp"], inputmode="decimal"
        )
        + field(
            desk,
            "suppose",
            "hours_per_week",
            "Suppose hours a week",
            value=shown["hours_per_week"],
            inputmode="decimal",
        )
    )
    return form(desk, "suppose", f"<div class='ds-grid'>{boxes}</div>", "Work it out")


def _compared(rows: Sequence[Row]) -> str:
    columns = ("Award", "Usable now", "Still to find", "Cheapest way", "Soonest", "Claim")
    return table("What if", columns, map(_award, rows))


def _award(row: Row) -> tuple[str, ...]:
    name = f"{escape(row.award.title)}<br><span class='sa-small'>{escape(row.award.provider)}</span>"
    if isinstance(row, NotWorkedOut):
        return name, *["not worked out"] * 4, escape(row.why)
    before = (
        "" if row.without is None else f"<br><span class='sa-small'>{_number(row.without)} by the rules alone</span>"
    )
    soon = "no more weeks" if row.missing == 0 else "not known" if row.weeks is None else f"{row.weeks} weeks"
    standing = STANDING[row.standing]
    return (
        name, f"{_number(row.usable)} of {_number(row.total)}{before}", _number(row.missing), escape(row.cost), soon,
        escape(standing),
    )  # fmt: skip


def _number(value: Any) -> str:
    return str(int(value)) if value == int(value) else f"{float(value):.1f}"


def _behind(row: Found) -> str:
    key = f"award-{row.award.id}"
    return (
        f"<details class='ds-drawer' data-key='{escape(key)}'><summary>{named('What counts and why', f'towards {row.award.title}')}"
        f"<span class='sa-small'> {escape(row.award.title)}, {escape(row.award.provider)}</span></summary>"
        f"{_part('Counts', _list(map(_line, row.counts)))}{_part('Does not count', _list(map(_line, row.left_out)))}</details>"
    )


def _line(line: Line) -> str:
    return f"{line.what}: {line.why}"


def _exceptions(desk: Desk, case: Case, profile: LearnerProfile, rows: Sequence[Row], catalogue: Catalogue) -> str:
    made = "".join(_exception(one, catalogue) for one in case.exceptions)
    listed = f"<ul class='sa-known'>{made}</ul>" if made else "<p class='sa-unstated'>None.</p>"
    return (
        "<section aria-labelledby='ds-exceptions'><h3 id='ds-exceptions'>Exceptions</h3>"
        "<p class='sa-small'>Where you know better than the rules: one item, one award, with your reason. It changes the table above "
        f"and goes into the record.</p>{listed}{_exception_form(desk, profile, rows)}</section>"
    )


def _exception(one: MadeException, catalogue: Catalogue) -> str:
    state = (
        f"in force since {day(one.made)}"
        if one.withdrawn is None
        else f"made on {day(one.made)}, withdrawn on {day(one.withdrawn)}"
    )
    back = (
        ""
        if one.withdrawn
        else button("take_back", "Withdraw", css="sa-quiet", more=f"exception for {one.item}", id=one.id)
    )
    return (
        f"<li class='sa-card'><p><strong>{escape(decision_words(one))}: {escape(one.item)}</strong></p>"
        f"<p class='sa-small'>Towards {escape(title_of(one.award_id, catalogue))}, {state}</p>"
        f"<p>{escape(one.reason)}</p>{back}</li>"
    )


def _exception_form(desk: Desk, profile: LearnerProfile, rows: Sequence[Row]) -> str:
    held = [(item.title, item.title) for item in profile.prior_learning]
    if not held or not rows:
        return ""
    awards = [(row.award.id, f"{row.award.title}, {row.award.provider}") for row in rows]
    decisions = (("accept", "Accept it"), ("refuse", "Refuse it"))
    boxes = (
        select(desk, "except", "award", "Award", awards)
        + select(desk, "except", "item", "Item", held)
        + select(desk, "except", "decision", "Decision", decisions)
        + field(desk, "except", "credits", "UK credits, if not stated", inputmode="numeric", maxlength=4)
        + field(desk, "except", "level", "Level, if not stated", inputmode="numeric", maxlength=2)
        + field(desk, "except", "reason", "Reason", kind="area", rows=2, css="ds-wide", maxlength=2000, required=True)
    )
    inside = form(desk, "except", f"<div class='ds-grid'>{boxes}</div>", "Make this exception")
    opened = " open" if desk.fault_at == "except" else ""
    return f"<details class='sa-edit' data-key='except'{opened}><summary>Make an exception</summary>{inside}</details>"


# Notes and the action plan


def plan_html(desk: Desk, case: Case, today: datetime.date) -> str:
    actions = items_of("sa-known", (_action(one, today) for one in case.actions), "No steps yet.")
    notes = items_of(
        "sa-known", (_note(one.id, one.text, one.written) for one in reversed(case.notes)), "No notes yet."
    )
    step = (
        field(desk, "action", "what", "What is to be done", css="ds-wide", maxlength=500)
        + field(
            desk,
            "action",
            "who",
            "Who does it",
            hint="“client”, “adviser”, or a role; no names",
            value="client",
            maxlength=80,
        )
        + field(desk, "action", "due", "By when", kind="date")
    )
    note = field(desk, "note", "text", "New note", kind="area", rows=3, maxlength=20_000, css="ds-wide")
    return (
        f"{heading('Notes and plan')}<section aria-labelledby='ds-plan'><h3 id='ds-plan'>Action plan</h3>{actions}"
        f"{form(desk, 'action', f'<div class=ds-grid>{step}</div>', 'Add step')}</section>"
        f"<section aria-labelledby='ds-notes'><h3 id='ds-notes'>Notes</h3>"
        f"<p class='sa-small'>Only you see them here; they go into the record and the hand-over packet. If the learner deletes a "
        f"shared session, your notes and plan stay: write nothing in them that is theirs to delete.</p>"
        f"{form(desk, 'note', note, 'Save note')}{notes}</section>{manage_html(desk, case)}"
    )


def items_of(css: str, listed: Iterable[str], none: str) -> str:
    inside = "".join(listed)
    return f"<ul class='{css}'>{inside}</ul>" if inside else f"<p class='sa-unstated'>{escape(none)}</p>"


def _action(one: Action, today: datetime.date) -> str:
    if one.done is not None:
        when = f"done on {day(one.done)}"
    elif one.due is None:
        when = "no date"
    else:
        when = f"{'overdue: ' if one.due < today else 'by '}{day(one.due)}"
    state = button("set_done", "Open again" if one.done else "Done", css="sa-quiet", more=f": {one.what}", id=one.id,
                   done="no" if one.done else "yes")  # fmt: skip
    delete = button("delete_action", "Delete", css="sa-quiet", more=f": {one.what}", id=one.id)
    return (
        f"<li class='sa-card'><p><strong>{escape(one.what)}</strong></p><p class='sa-small'>{escape(one.who)}, {when}</p>"
        f"<div class='sa-row'>{state}{delete}</div></li>"
    )


def _note(note_id: int, text: str, written: datetime.datetime) -> str:
    delete = button("delete_note", "Delete", css="sa-quiet", more=f"note of {day(written)}", id=note_id)
    return (
        f"<li class='sa-card'><p class='sa-small'>{day(written)}</p><p class='ds-text'>{escape(text)}</p>{delete}</li>"
    )


# Sharing advice


def share_html(desk: Desk, case: Case) -> str:
    intro = "Start from an answer, put it into your own words, review it, then share it. What you changed is kept."
    if case.conversation is None:
        return heading("Share advice", intro) + GONE
    drafts = "".join(_draft(desk, case, one) for one in reversed(case.drafts))
    return f"{heading('Share advice', intro)}{_from_answer(desk, case)}{drafts}"


def _from_answer(desk: Desk, case: Case) -> str:
    if not case.turns:
        return "<p class='sa-unstated'>There is no answer to start from yet.</p>"
    offered = [(str(number), f"{number}. {turn.message[:80]}") for number, turn in enumerate(case.turns, start=1)]
    chosen = select(desk, "new_draft", "turn", "Answer", reversed(offered), value=str(len(offered)))
    return form(desk, "new_draft", chosen, "Make a draft", strong=not case.drafts)


def _draft(desk: Desk, case: Case, one: Draft) -> str:
    state = (
        f"Shared on {day(one.shared)}" if one.shared
        else f"Reviewed on {day(one.reviewed)}, not shared" if one.reviewed
        else "Not reviewed"
    )  # fmt: skip
    title = f"Draft from answer {one.turn}, made on {day(one.made)}"
    return (
        f"<section class='sa-card' aria-label='{escape(title)}'><h3>{escape(title)}</h3><p class='sa-small'>{state}</p>"
        f"{_words(desk, case, one)}{_change(one)}</section>"
    )


def _words(desk: Desk, case: Case, one: Draft) -> str:
    if one.shared is not None:
        return f"<p class='ds-text'>{escape(one.text)}</p>"
    where = f"ds-draft-{one.id}"
    area = attributes({"id": where, "name": "text", "rows": 14, "maxlength": 20_000})
    box = (
        f"<div class='ds-field'><label for='{where}'>Advice</label><textarea{area}>{escape(one.text)}</textarea></div>"
    )
    review = "" if one.reviewed else button("review_draft", "Mark as reviewed", id=one.id)
    send = "Share with the learner" if case.shared else "Mark as shared"
    share = button("share_draft", send, css="sa-button sa-strong", id=one.id) if one.reviewed else ""
    return f"{form(desk, 'edit_draft', box, 'Save changes', id=one.id)}<div class='sa-row'>{review}{share}</div>"


def _change(one: Draft) -> str:
    """What the adviser changed in the machine's words: marked with words and lines, not by colour alone."""
    if one.edited is None or one.edited == one.machine:
        return ""
    return (
        f"<details class='ds-drawer' data-key='change-{one.id}'><summary>{named('What you changed', f'in draft {one.id}')}</summary>"
        f"<p class='ds-text'>{''.join(_marked(one.machine, one.edited))}</p></details>"
    )


def _marked(before: str, after: str) -> Iterator[str]:
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = escape("".join(old[i:j])), escape("".join(new[k:m]))
        if kind == "equal":
            yield added
            continue
        if removed.strip():
            yield f"<del>{hidden('[removed: ')}{removed}{hidden(']')}</del> "
        if added.strip():
            yield f"<ins>{hidden('[added: ')}{added}{hidden(']')}</ins>"


# The record


def record_html(case: Case) -> str:
    intro = "Goal, profile, advice, sources with dates, what was not checked, exceptions, notes and plan: one record in four forms."
    files = (("pdf", "PDF"), ("html", "web page"), ("csv", "table (CSV)"), ("json", "file for programs (JSON)"))
    made = "".join(
        f"<li>{button('download', f'Download {name}', file=kind, css='sa-button')}</li>" for kind, name in files
    )
    asked = len(case.turns)
    holds = {
        "Answers": str(asked),
        "Notes": str(len(case.notes)),
        "Steps of the plan": str(len(case.actions)),
        "Exceptions in force": str(sum(one.withdrawn is None for one in case.exceptions)),
        "Advice reviewed": str(sum(one.reviewed is not None for one in case.drafts)),
    }
    return (
        f"{heading('Record of advice', intro)}{facts(holds)}<ul class='ds-downloads'>{made}</ul>"
        "<section aria-labelledby='ds-handover'><h3 id='ds-handover'>Letter and hand-over</h3>"
        "<p class='sa-small'>The letter asks the university what it will count; fill in the blanks. The packet holds the record with "
        "notes and plan in all forms, and the letter.</p>"
        f"<ul class='ds-downloads'><li>{button('download', 'Download the letter (PDF)', file='letter')}</li>"
        f"<li>{button('download', 'Download the hand-over packet (ZIP)', file='packet')}</li></ul></section>"
    )
