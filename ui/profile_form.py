"""What is known about a learner, fact by fact, with where it came from and a way to change it. Pure; all data is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.evidence import amount
from assistant.profile import FIELDS, Fact, LearnerProfile
from corpus.catalogue import Catalogue
from corpus.courses import Award, AwardKind, Mode
from ui.markup import attributes, button, escape, hidden
from ui.prior_table import COLUMN_NAMES, COLUMNS, FRAMEWORKS, SYSTEMS, Cell, Fault, Row, row_of
from ui.words import Words

NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")
MODES = tuple(mode.value for mode in Mode)
MOST = {
    "age": 120,
    "income_gbp": 1_000_000,
    "budget_gbp": 1_000_000,
    "hours_per_week": 168,
    "weeks_available": 2000,
    "highest_level": 12,
    "start_year": 2100,
}
LEAST = {"start_year": 2000}
"""Smallest value of a number, where it is not 0."""
DECIMALS = ("income_gbp", "budget_gbp", "hours_per_week")
LONGEST_TEXT = 300
SINGLE_FACTS = tuple(name for name in FIELDS if name != "prior_learning")


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen for facts that name records: (id, title), in the order of the titles."""

    occupations: Sequence[tuple[str, str]] = ()
    awards: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, catalogue: Catalogue) -> Choices:
        occupations = [(one.id, one.title) for one in catalogue.occupations]
        awards = [(award.id, _award_words(award)) for award in catalogue.awards]
        return cls(*(tuple(sorted(found, key=lambda pair: pair[1].lower())) for found in (occupations, awards)))

    def for_field(self, name: str, w: Words) -> Sequence[tuple[str, str]] | None:
        """The choices of a field, value and words; `None` if it is typed."""
        match name:
            case "occupation" | "work":
                return self.occupations
            case "target_award":
                return self.awards
            case "nation":
                return tuple((nation, nation) for nation in NATIONS)
            case "mode":
                return tuple((mode, w.of("panel.value", mode)) for mode in MODES)
        return None


def _award_words(award: Award) -> str:
    """An award with who gives it; the national minimum of an award is nobody's own."""
    return award.title if award.kind is AwardKind.NATIONAL_MINIMUM else f"{award.title}, {award.provider}"


class Unusable(Exception):
    """A typed fact that cannot be used. Its text is for its writer."""


def read_fact(name: str, text: str, choices: Choices, w: Words) -> Any:
    """The value of a fact as typed or chosen. Raises `Unusable`."""
    typed = " ".join(text.split())
    offered = choices.for_field(name, w)
    if offered is not None:
        if typed in {value for value, _ in offered}:
            return typed
        raise _unusable(name, typed, w("profile.expected.choice"), w)
    if name in MOST:
        return _number(name, typed, w)
    if not typed:
        raise _unusable(name, typed, w("profile.expected.text"), w)
    return typed[:LONGEST_TEXT]


def _number(name: str, typed: str, w: Words) -> Decimal | int:
    least, most = LEAST.get(name, 0), MOST[name]
    expected = w("profile.expected.number", least=least, most=amount(most))
    try:
        value = Decimal(typed.replace("£", "").replace(",", "").strip())
    except InvalidOperation as error:
        raise _unusable(name, typed, expected, w) from error
    whole = name not in DECIMALS
    if not value.is_finite() or not least <= value <= most or (whole and value != value.to_integral_value()):
        raise _unusable(name, typed, expected, w)
    return int(value) if whole else value


def _unusable(name: str, found: str, expected: str, w: Words) -> Unusable:
    field = w.of("profile.field", name)
    return Unusable(w("profile.not_usable", field=field, found=found[:80], expected=expected))


def value_words(name: str, value: Any, choices: Choices, w: Words) -> str:
    """A fact as its learner would say it: titles for records, pounds for money."""
    offered = dict(choices.for_field(name, w) or ())
    if value in offered:
        return offered[value]
    if name in ("income_gbp", "budget_gbp"):
        return f"£{amount(value)}"
    if name == "highest_level":
        return f"{w('panel.fact.level')} {value}"
    return amount(value) if isinstance(value, Decimal) else str(value)


def source_words(fact: Fact, w: Words) -> str:
    """Where a fact came from."""
    if fact.source.startswith("turn "):
        return w("profile.from_turn", turn=fact.source.removeprefix("turn "))
    return w("profile.from_form" if fact.source == "form" else "profile.from_file")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and could not be used: it stays on the page until it is put right. `field`: the fact it was for."""

    field: str
    faults: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    cells: tuple[Fault, ...] = ()
    typed: str = ""


def profile_html(profile: LearnerProfile, choices: Choices, w: Words, draft: Draft | None = None) -> str:
    """Everything that is known, each fact with a way to change and delete it, then what may be added."""
    known = [name for name in SINGLE_FACTS if name in profile.facts]
    unknown = [name for name in SINGLE_FACTS if name not in profile.facts]
    listed = "".join(_known(name, profile.facts[name], choices, w, draft) for name in known)
    nothing = f"<p class='sa-unstated'>{escape(w('profile.nothing'))}</p>"
    add = "".join(_field(name, None, choices, w, draft) for name in unknown)
    return (
        f"<h2>{escape(w('profile.title'))}</h2><p class='sa-small'>{escape(w('profile.intro'))}</p>"
        f"{f'<ul class=sa-known>{listed}</ul>' if listed or profile.prior_learning else nothing}"
        f"{prior_html(profile, w, draft)}"
        f"<section aria-labelledby='sa-add-title'><h3 id='sa-add-title'>{escape(w('profile.add_title'))}</h3>{add}</section>"
    )


def _known(name: str, fact: Fact, choices: Choices, w: Words, draft: Draft | None) -> str:
    label = w.of("profile.field", name)
    delete = button("drop", w("profile.delete"), more=label, css="sa-quiet", name=name)
    return (
        f"<li class='sa-card'><p class='sa-label'>{escape(label)}</p>"
        f"<p class='sa-value'>{escape(value_words(name, fact.value, choices, w))}</p>"
        f"<p class='sa-small'>{escape(source_words(fact, w))}</p>"
        f"<div class='sa-row'>{_field(name, fact, choices, w, draft)}{delete}</div></li>"
    )


def _field(name: str, fact: Fact | None, choices: Choices, w: Words, draft: Draft | None) -> str:
    """A form for one fact, closed until it is wanted, and open while what was typed cannot be used."""
    label = w.of("profile.field", name)
    wrong = draft if draft is not None and draft.field == name else None
    words = f"{escape(w('profile.edit'))}{hidden(' ' + label)}" if fact else escape(label)
    about = f"sa-about-{name}"
    faults = _faults(wrong.faults, about) if wrong else ""
    hint = f"<span class='sa-small' id='{about}-hint'>{escape(w.of('profile.hint', name))}</span>"
    value = wrong.typed if wrong else "" if fact is None else _typed(fact.value)
    control = _control(name, value, about, bool(wrong), choices, w)
    return (
        f"<details class='sa-edit' data-key='{name}'{' open' if wrong else ''}><summary>{words}</summary>"
        f"<form class='sa-form' data-do='fact' data-name='{name}'>"
        f"<label for='{about}'>{escape(label)}</label>{hint}{faults}{control}"
        f"<button type='submit' class='sa-button'>{escape(w('profile.save'))}{hidden(' ' + label)}</button></form></details>"
    )


def _typed(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _control(name: str, value: str, about: str, wrong: bool, choices: Choices, w: Words) -> str:
    described = f"{about}-hint {about}-faults" if wrong else f"{about}-hint"
    named: dict[str, object] = {"id": about, "name": "value", "aria-describedby": described}
    if wrong:
        named["aria-invalid"] = "true"
    offered = choices.for_field(name, w)
    if offered is not None:
        return _select(named, offered, value, w)
    keyboard = {"inputmode": "decimal" if name in DECIMALS else "numeric"} if name in MOST else {}
    return (
        f"<input{attributes({**named, **keyboard, 'value': value, 'maxlength': LONGEST_TEXT, 'autocomplete': 'off'})}>"
    )


def _select(named: Mapping[str, object], offered: Sequence[tuple[str, str]], value: str, w: Words) -> str:
    options = "".join(
        f"<option{attributes({'value': one, 'selected': one == value})}>{escape(words)}</option>"
        for one, words in (("", w("profile.not_said")), *offered)
    )
    return f"<select{attributes(dict(named))}>{options}</select>"


def _faults(faults: Sequence[str], about: str) -> str:
    said = "".join(f"<p>{escape(fault)}</p>" for fault in faults)
    return f"<div class='sa-faults' id='{about}-faults' tabindex='-1' data-focus>{said}</div>"


def prior_html(profile: LearnerProfile, w: Words, draft: Draft | None = None) -> str:
    """Prior learning as a form with a group of boxes for each course, and the ways to bring in many at once."""
    wrong = draft if draft is not None and draft.field == "prior_learning" else None
    rows = wrong.rows if wrong and wrong.rows else tuple(map(row_of, profile.prior_learning))
    cells = {(fault.row, fault.column) for fault in wrong.cells if isinstance(fault, Cell)} if wrong else set()
    groups = "".join(_row_html(number, row, w, cells) for number, row in enumerate(rows, start=1))
    blank = _row_html(0, {}, w, set())  # unseen: what "Add a row" copies
    opened = " open" if wrong else ""
    summary = w("profile.prior.change") if rows else w("profile.prior.add_first")
    return (
        f"<section aria-labelledby='sa-prior-title' class='sa-prior'><h3 id='sa-prior-title'>{escape(w('profile.prior.title'))}</h3>"
        f"{_listed(profile, w)}"
        f"<details class='sa-edit' data-key='prior'{opened}><summary>{escape(summary)}</summary>"
        f"<form class='sa-form' data-do='prior'><p class='sa-small'>{escape(w('profile.prior.intro'))}</p>"
        f"{_faults(wrong.faults, 'sa-prior') if wrong else ''}<div class='sa-rows'>{groups}{blank}</div>"
        f"<div class='sa-row'>"
        f"<button type='button' class='sa-quiet' data-add-row>{escape(w('profile.prior.add_row'))}</button>"
        f"<button type='submit' class='sa-button'>{escape(w('profile.prior.save'))}</button></div></form>{_bring_in(w)}</details></section>"
    )


def _listed(profile: LearnerProfile, w: Words) -> str:
    """What was studied, a line each."""
    if not profile.prior_learning:
        return f"<p class='sa-unstated'>{escape(w('profile.not_said'))}</p>"
    lines = "".join(f"<li>{_item_words(row_of(item), w)}</li>" for item in profile.prior_learning)
    delete = button(
        "drop", w("profile.delete"), more=w.of("profile.field", "prior_learning"), css="sa-quiet", name="prior_learning"
    )
    fact = profile.facts["prior_learning"]
    return f"<ul class='sa-list'>{lines}</ul><p class='sa-small'>{escape(source_words(fact, w))}</p>{delete}"


def _item_words(row: Row, w: Words) -> str:
    amounts = f"{row['credits'] or w('profile.not_said')} {row['system']}".strip()
    level = f"{row['level'] or w('profile.not_said')} {row['framework'] if row['level'] else ''}".strip()
    parts = [
        f"{w('profile.prior.column_credits')}: {amounts}",
        f"{w('profile.prior.column_level')}: {level}",
        *([row["year"]] if row["year"] else []),
        *([row["awarding_body"]] if row["awarding_body"] else []),
    ]
    return f"<strong>{escape(row['title'])}</strong> <span class='sa-small'>{escape(' · '.join(parts))}</span>"


def _row_html(number: int, row: Row, w: Words, wrong: set[tuple[int, str]]) -> str:
    """The boxes of one course. Number 0 is the hidden blank that the script copies."""
    boxes = "".join(_box(column, row.get(column, ""), (number, column) in wrong, w) for column in COLUMNS)
    delete, legend = escape(w("profile.prior.delete_row", row=number)), escape(w("profile.prior.row", row=number))
    return (
        f"<fieldset class='sa-item'{'' if number else ' hidden disabled'}><legend>{legend}</legend>{boxes}"
        f"<button type='button' class='sa-quiet' data-delete-row>{delete}</button></fieldset>"
    )


def _box(column: str, value: str, wrong: bool, w: Words) -> str:
    named: dict[str, object] = {"name": column}
    if wrong:
        named |= {"aria-invalid": "true", "aria-describedby": "sa-prior-faults"}
    label = f"<span>{escape(w(COLUMN_NAMES[column]))}</span>"
    offered = _offered(column, w)
    if offered is not None and (not value or value in dict(offered)):
        return f"<label class='sa-box-{column}'>{label}{_select(named, offered, value, w)}</label>"
    numeric = {"inputmode": "decimal"} if column in ("credits", "level", "year") else {}
    typed = attributes({**named, **numeric, "value": value, "maxlength": 200, "autocomplete": "off"})
    return f"<label class='sa-box-{column}'>{label}<input{typed}></label>"


def _offered(column: str, w: Words) -> Sequence[tuple[str, str]] | None:
    match column:
        case "system":
            return tuple((system, w.of("profile.system", system)) for system in SYSTEMS)
        case "framework":
            return tuple((name, w.of("profile.framework", name)) for name in FRAMEWORKS)
        case "credit_bearing":
            return (("yes", w("profile.prior.yes")), ("no", w("profile.prior.no")))
    return None


def _bring_in(w: Words) -> str:
    """Pasting from a spreadsheet, and a CSV file. The file is read in the browser; it is not uploaded as a file."""
    columns = ", ".join(w(COLUMN_NAMES[column]) for column in COLUMNS[1:])
    info = w("profile.prior.upload_info", title=w(COLUMN_NAMES["title"]), columns=columns)
    return (
        f"<form class='sa-form' data-do='rows'><label for='sa-paste'>{escape(w('profile.prior.paste'))}</label>"
        f"<span class='sa-small' id='sa-paste-hint'>{escape(w('profile.prior.paste_info'))}</span>"
        f"<textarea id='sa-paste' name='text' rows='3' aria-describedby='sa-paste-hint'></textarea>"
        f"<button type='submit' class='sa-button'>{escape(w('profile.prior.paste_add'))}</button></form>"
        f"<div class='sa-form'><label for='sa-csv'>{escape(w('profile.prior.upload'))}</label>"
        f"<span class='sa-small' id='sa-csv-hint'>{escape(info)}</span>"
        f"<input type='file' id='sa-csv' accept='.csv,.tsv,.txt,text/csv' data-file='rows' aria-describedby='sa-csv-hint'>"
        f"{button('example', w('profile.prior.example_file'), css='sa-quiet')}</div>"
    )
