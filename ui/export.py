"""Keep it or leave: one record of advice in four forms, and the way back in. Pure.

    record_of(exchanges, profile, *, made, program, titles, desk=None, conversation=None) -> AdviceRecord
    titles_of(catalogue) -> dict[str, str]               titles of records by id, for `record_of`
    to_pdf(record, letters=()) -> bytes                  A4, tagged, bookmarks, links
    to_html(record) -> str                               one file, no script, nothing fetched
    to_csv(record) -> str                                one flat table
    to_json(record) -> str                               also what a conversation is resumed from
    read_resume(content) -> dict                         the `conversation` object of such a file
    letter(record, award=None, university=None) -> Letter        `.text()`, or `letter_pdf(letter) -> bytes`

`exchanges` are `Exchange(question, advice_json)` in order; `profile` is `LearnerProfile.to_json()`; `desk` is what an adviser
adds (`Desk`, `Action`, `Exemption`). PDF, page and table are drawn from the same `sections(record)`, so none can say more.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from ui.letter import Letter, letter
from ui.lines import Group, Line, Section
from ui.pdf import letter_pdf, to_pdf
from ui.record import Action, AdviceRecord, Desk, Exchange, Exemption, record_of, titles_of
from ui.record_html import to_html
from ui.sections import sections

__all__ = [
    "Action", "AdviceRecord", "Desk", "Exchange", "Exemption", "Letter", "ResumeProblem", "letter", "letter_pdf", "read_resume",
    "record_of", "titles_of", "to_csv", "to_html", "to_json", "to_pdf",
]  # fmt: skip

FORMAT = "stack-advisor advice record"
VERSION = 1
LARGEST_RESUME = 2_000_000
"""Bytes of a saved file that are read."""


def to_json(record: AdviceRecord) -> str:
    """The whole record, with its format and version; dates in ISO form, `null` where something is not stated."""
    parts = {"format": FORMAT, "version": VERSION, **asdict(record)}
    return json.dumps(parts, ensure_ascii=False, indent=1, default=str)


class ResumeProblem(ValueError):
    """A saved file that cannot be opened: what was found, and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.found, self.expected = found, expected

    def __str__(self) -> str:
        return f"found {self.found}, expected {self.expected}"


def read_resume(content: bytes) -> dict[str, Any]:
    """The conversation object in a file that `to_json` wrote, as it is: `assistant.saved.read_conversation` reads it.

    The advice itself is not read back: it is worked out anew from today's records, so a changed file cannot put words into
    it. Raises `ResumeProblem`.
    """
    expected = "the JSON file that this page lets you download"
    if len(content) > LARGEST_RESUME:
        raise ResumeProblem(f"{len(content):,} bytes", f"at most {LARGEST_RESUME:,}")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ResumeProblem("a file that is not JSON", expected) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ResumeProblem("another kind of file", expected)
    if data.get("version") != VERSION:
        raise ResumeProblem(f"version {str(data.get('version'))[:20]}", f"version {VERSION}")
    conversation = data.get("conversation")
    if not isinstance(conversation, dict):
        raise ResumeProblem("a file without a conversation", expected)
    return conversation


COLUMNS = ("section", "item", "value", "source", "as_of", "url")


def to_csv(record: AdviceRecord) -> str:
    """One row per line of the record, under `COLUMNS`; lines end in CR LF. `source`: where a fact about the learner came from,
    or the numbers in the list of sources. No cell can start a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for section in sections(record):
        for group in section.groups:
            table.writerows([_cell(cell) for cell in _row(section, group, line)] for line in group.lines)
    return out.getvalue()


def _row(section: Section, group: Group, line: Line) -> tuple[str, ...]:
    item = ": ".join(part for part in (group.title, line.label) if part)
    source = line.origin or " ".join(f"[{number}]" for number in line.sources)
    return (section.title, item, line.value, source, line.as_of or "", line.url or group.url or "")


def _cell(text: str) -> str:
    """A cell that a spreadsheet takes for text: one that would start a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
