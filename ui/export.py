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
import html
import io
import json
import re
from dataclasses import asdict
from typing import Any

from ui.letter import Letter, letter
from ui.pdf import TITLE, letter_pdf, to_pdf
from ui.record import Action, AdviceRecord, Desk, Exchange, Exemption, record_of, titles_of, web
from ui.sections import PURPOSE, Group, Line, Section, day_words, sections

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


def to_html(record: AdviceRecord, language: str = "en-GB") -> str:
    """The record as one web page in itself: no script, no style or picture from elsewhere; prints well."""
    body = "".join(_section_html(number, section) for number, section in enumerate(sections(record), start=1))
    return (
        f'<!doctype html>\n<html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "form-action 'none'; base-uri 'none'\">"
        f'<meta name="referrer" content="no-referrer"><title>{TITLE}</title><style>{STYLE}</style></head><body><main>'
        f"<h1>{TITLE}</h1><p class='lead'>Made on {day_words(record.made)} by Stack Advisor. {PURPOSE}</p>{body}"
        "</main></body></html>\n"
    )


STYLE = """
:root{color-scheme:light dark;--ink:#16232b;--quiet:#4b5b66;--teal:#0a5f5b;--pale:#eef4f3;--rule:#cfd8d5;--page:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e9eff2;--quiet:#a9b8c2;--teal:#74d6ca;--pale:#1a262e;--rule:#34444e;--page:#0f171c}}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:46rem;margin:auto;padding:1rem 1rem 3rem;overflow-wrap:anywhere}
h1,h2{color:var(--teal);line-height:1.2}h2{margin:2rem 0 .5rem;border-top:1px solid var(--rule);padding-top:1rem}
h3{margin:1.2rem 0 .3rem;font-size:1.05rem}p{margin:.4rem 0;white-space:pre-line}
a{color:var(--teal)}a:focus-visible{outline:3px solid var(--teal);outline-offset:2px}
.lead,.origin{color:var(--quiet)}
dl{display:grid;grid-template-columns:minmax(6rem,28%) 1fr;margin:.4rem 0}
dt,dd{margin:0;padding:.3rem .4rem;border-bottom:1px solid var(--rule)}dt{font-weight:600}dd{white-space:pre-line}
blockquote{margin:.3rem 0 1rem;padding:.6rem .9rem;background:var(--pale);border-left:4px solid var(--teal)}
@media print{:root{--ink:#000;--quiet:#333;--teal:#0a5f5b;--pale:#fff;--rule:#999;--page:#fff;color-scheme:light}
main{max-width:none;padding:0}h2,h3{break-after:avoid}blockquote,dl>div{break-inside:avoid}}
"""


def _section_html(number: int, section: Section) -> str:
    intro = f"<p class='lead'>{_escape(section.intro)}</p>" if section.intro else ""
    groups = "".join(_group_html(group) for group in section.groups if group.lines)
    return f"<section aria-labelledby='s{number}'><h2 id='s{number}'>{_escape(section.title)}</h2>{intro}{groups}</section>"


def _group_html(group: Group) -> str:
    heading = f"<h3>{_link(group.url, group.title)}</h3>" if group.title else ""
    match group.look:
        case "facts":
            rows = "".join(
                f"<dt{_id(line)}>{_escape(line.label)}</dt><dd>{_value_html(line)}</dd>" for line in group.lines
            )
            return f"{heading}<dl>{rows}</dl>"
        case "quotes":
            asks = (
                f"<p><b>{_escape(a.label)}:</b></p><blockquote>“{_escape(a.value)}”</blockquote>" for a in group.lines
            )
            return heading + "".join(asks)
        case "text":
            return heading + "".join(
                f"<p>{f'<b>{_escape(line.label)}:</b> ' if line.label else ''}{_value_html(line)}</p>"
                for line in group.lines
            )


def _id(line: Line) -> str:
    """Where a source's number leads: `[3]` is the place `source-3`."""
    found = re.fullmatch(r"\[(\d+)\]", line.label)
    return f" id='source-{found[1]}'" if found else ""


def _value_html(line: Line) -> str:
    origin = f" <span class='origin'>({_escape(line.origin)})</span>" if line.origin else ""
    dated = f" <span class='origin'>(as of {_escape(line.as_of)})</span>" if line.as_of and line.sources else ""
    marks = "".join(f" <a href='#source-{number}'>[{number}]</a>" for number in line.sources)
    address = f"<br>{_link(line.url, line.url)}" if line.url else ""
    return _escape(line.value) + origin + dated + marks + address


def _link(url: str | None, words: str) -> str:
    if url is None or web(url) is None:
        return _escape(words)
    return f"<a href='{_escape(url)}' rel='noopener noreferrer nofollow'>{_escape(words)}</a>"


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
