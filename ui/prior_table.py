"""Prior learning as rows: from a form, from cells copied out of a spreadsheet, or from a CSV file. Pure.

Every fault names its row and column, and a reader that finds one adds nothing: what was typed stays with its writer.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from assistant.profile import PriorLearning
from corpus.credit import CreditSystem, Framework
from ui.words import Words

COLUMN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "title": "profile.prior.column_title",
        "credits": "profile.prior.column_credits",
        "system": "profile.prior.column_system",
        "level": "profile.prior.column_level",
        "framework": "profile.prior.column_framework",
        "year": "profile.prior.column_year",
        "awarding_body": "profile.prior.column_awarding_body",
        "credit_bearing": "profile.prior.column_credit_bearing",
    }
)
"""Each column, in order, with the key of its name in the catalogue."""
COLUMNS = tuple(COLUMN_NAMES)
SYSTEMS = tuple(system.value for system in CreditSystem if system not in (CreditSystem.NONE, CreditSystem.LOCAL))
FRAMEWORKS = tuple(framework.value for framework in Framework)
EARLIEST_YEAR, LATEST_YEAR = 1950, 2100
HIGHEST_LEVEL = 12
MOST_CREDITS = 2000
MOST_ROWS = 60
LONGEST_CELL = 200
LONGEST_TEXT = 64 * 1024
"""Characters of a pasted table or a file."""

Row = Mapping[str, str]
"""The cells of one row as typed, by column; a column that is left out is empty."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that cannot be used. `row` from 1; `expected` a key of the catalogue."""

    row: int
    column: str
    found: str
    expected: str

    def say(self, w: Words) -> str:
        if self.column == "title":
            return w("profile.prior.fault_no_title", row=self.row)
        known = {"known": ", ".join(SYSTEMS)} if self.column == "system" else {}
        expected, named = w(self.expected, **known), w(COLUMN_NAMES[self.column])
        return w("profile.prior.fault_cell", row=self.row, column=named, found=self.found, expected=expected)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Something about the whole text: `fault` a key of the catalogue with its placeholders. `stops`: nothing can be read."""

    fault: str
    values: Mapping[str, object]
    stops: bool = True

    def say(self, w: Words) -> str:
        values = dict(self.values)
        if "title" in values:
            values["title"] = w(COLUMN_NAMES["title"])
        return w(self.fault, **values)


Fault = Cell | Sheet


@dataclass(frozen=True, slots=True)
class Read:
    """What rows came to: `items` in their order, empty if a fault stops them; `rows` the cells as typed."""

    items: tuple[PriorLearning, ...]
    faults: tuple[Fault, ...]
    rows: tuple[Row, ...] = ()

    @property
    def usable(self) -> bool:
        return not any(isinstance(fault, Cell) or fault.stops for fault in self.faults)

    def shifted(self, by: int) -> Read:
        """The same below `by` other rows."""
        faults = (replace(fault, row=fault.row + by) if isinstance(fault, Cell) else fault for fault in self.faults)
        return replace(self, faults=tuple(faults))


def read_rows(rows: Sequence[Row]) -> Read:
    """Prior learning from rows of cells. Rows with nothing in them are passed over and still counted."""
    if len(rows) > MOST_ROWS:
        return Read(
            (), (Sheet("profile.prior.fault_too_many", {"n": len(rows), "most": MOST_ROWS}),), tuple(rows[:MOST_ROWS])
        )
    items: list[PriorLearning] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows, start=1):
        cells = {name: " ".join(row.get(name, "").split())[:LONGEST_CELL] for name in COLUMNS}
        if not any(cells.values()):
            continue
        found = _read_row(number, cells)
        if isinstance(found, PriorLearning):
            items.append(found)
        else:
            faults += found
    return Read(() if faults else tuple(items), tuple(faults), tuple(rows))


def _read_row(number: int, cells: Row) -> PriorLearning | list[Cell]:
    values: dict[str, Any] = {}
    faults = [] if cells["title"] else [Cell(number, "title", "", "profile.expected.text")]
    for name, (read, expected) in READERS.items():
        try:
            values[name] = read(cells[name]) if cells[name] else None
        except ValueError:
            faults.append(Cell(number, name, cells[name], expected))
    return faults or PriorLearning(title=cells["title"], **_completed(values))


def _completed(values: dict[str, Any]) -> dict[str, Any]:
    """A level needs a scale to mean anything: the credit system's own where it has one, else the one most of the UK uses."""
    if values["level"] is not None and values["framework"] is None:
        system = values["system"]
        values["framework"] = system if system in ("SCQF", "CQFW", "RQF") else "FHEQ"
    return values


def _credits(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "")) if re.fullmatch(r"[\d,]+(?:\.\d+)?", text) else None
    except InvalidOperation as error:
        raise ValueError(text) from error
    if value is None or value > MOST_CREDITS:
        raise ValueError(text)
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        match = re.fullmatch(r"(?:level\s*|l)?(\d{1,4})(?:\.0+)?", text, re.I)
        if match is None or not least <= int(match[1]) <= most:
            raise ValueError(text)
        return int(match[1])

    return read


SYSTEM_NAMES = {
    "uk": "CATS", "ukcredits": "CATS", "cats": "CATS", "credits": "CATS", "fheq": "CATS", "scqf": "SCQF", "scqfpoints": "SCQF",
    "scotcat": "SCQF", "scottish": "SCQF", "cqfw": "CQFW", "welsh": "CQFW", "rqf": "RQF", "qcf": "RQF", "ofqual": "RQF",
    "ects": "ECTS", "european": "ECTS", "us": "US_SEMESTER", "ussemester": "US_SEMESTER", "semester": "US_SEMESTER",
    "usquarter": "US_QUARTER", "quarter": "US_QUARTER", "tqt": "TQT_HOURS", "tqthours": "TQT_HOURS", "hours": "TQT_HOURS",
}  # fmt: skip
"""How people write a kind of credit, in small letters without spaces and marks."""


def _system(text: str) -> str:
    return _known(text, SYSTEM_NAMES)


def _framework(text: str) -> str:
    return _known(text, {name.lower(): name for name in FRAMEWORKS})


def _known(text: str, names: Mapping[str, str]) -> str:
    name = names.get(re.sub(r"[^a-z]", "", text.lower()))
    if name is None:
        raise ValueError(text)
    return name


YES, NO = frozenset({"yes", "y", "true", "1", "oes", "ydy"}), frozenset({"no", "n", "false", "0", "nac oes", "nac ydy"})


def _yes_no(text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValueError(text)


READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "credits": (_credits, "profile.prior.expects_credits"),
    "system": (_system, "profile.prior.expects_system"),
    "level": (_whole(0, HIGHEST_LEVEL), "profile.prior.expects_whole"),
    "framework": (_framework, "profile.prior.expects_framework"),
    "year": (_whole(EARLIEST_YEAR, LATEST_YEAR), "profile.prior.expects_year"),
    "awarding_body": (str, "profile.expected.text"),
    "credit_bearing": (_yes_no, "profile.prior.expects_yes_no"),
}
"""How a cell of each column is read, and what to tell someone whose cell cannot be."""


def read_text(text: str, labels: Mapping[str, str]) -> Read:
    """Prior learning from a table as text: tabs as a spreadsheet copies it, or commas or semicolons as in a CSV file.

    The first line may name the columns, in `labels` (column -> its name on the page) or as `COLUMNS`; without names the
    columns come in the order of the form. A column nobody knows is left out, and that is said.
    """
    if len(text) > LONGEST_TEXT:
        return Read((), (Sheet("profile.prior.fault_too_big", {"most": LONGEST_TEXT // 1024}),))
    if "\0" in text:
        return Read((), (Sheet("profile.prior.fault_not_text", {}),))
    lines = [
        line
        for line in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text))
        if any(map(str.strip, line))
    ]
    if not lines:
        return Read((), (Sheet("profile.prior.fault_empty", {}),))
    names = _names(labels)
    heading = [names.get(_plain(cell)) for cell in lines[0]]
    if not any(heading):
        return read_rows([_row(COLUMNS, line) for line in lines])
    if "title" not in heading:
        found = ", ".join(cell.strip() for cell in lines[0])[:LONGEST_CELL]
        return Read((), (Sheet("profile.prior.fault_no_title_column", {"title": "", "found": found}),))
    left_out = [
        Sheet("profile.prior.fault_unknown_column", {"found": cell[:LONGEST_CELL]}, stops=False)
        for cell, name in zip(lines[0], heading, strict=True)
        if name is None and cell.strip()
    ]
    read = read_rows([_row(heading, line) for line in lines[1:]])
    if not read.rows:
        return Read((), (Sheet("profile.prior.fault_empty", {}),))
    return Read(read.items, (*left_out, *read.faults), read.rows)


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max("\t;,", key=first.count)


def _names(labels: Mapping[str, str]) -> dict[str, str]:
    """Column names as people write them -> column."""
    also = {"awarder": "awarding_body", "who": "awarding_body", "kind": "system", "scale": "framework", "name": "title"}
    also |= {
        "course": "title",
        "module": "title",
        "points": "credits",
        "creditsystem": "system",
        "provider": "awarding_body",
    }
    return {**also, **{_plain(name): name for name in COLUMNS}, **{_plain(text): name for name, text in labels.items()}}


def _plain(text: str) -> str:
    return re.sub(r"[^\w]|_", "", text.lower())


def _row(names: Iterable[str | None], cells: Iterable[str]) -> Row:
    return {name: cell for name, cell in zip(names, cells, strict=False) if name is not None}


def row_of(item: PriorLearning) -> Row:
    """The cells that show an item, as `read_rows` reads them back."""
    bearing = {None: "", True: "yes", False: "no"}[item.credit_bearing]
    shown = {name: getattr(item, name) for name in COLUMNS[:-1]}
    cells = {
        name: "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
        for name, value in shown.items()
    }
    return {**cells, "credit_bearing": bearing}
