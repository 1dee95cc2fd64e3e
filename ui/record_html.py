"""A record of advice as a web page, whole or section by section. Pure; all data is escaped, and nothing needs a script."""

from __future__ import annotations

import html
import re

from ui.lines import TITLE, Group, Line, Section, day_words
from ui.record import AdviceRecord, web
from ui.sections import PURPOSE, sections


def to_html(record: AdviceRecord, language: str = "en-GB") -> str:
    """The record as one web page in itself: no script, no style or picture from elsewhere; prints well."""
    body = "".join(section_html(number, section) for number, section in enumerate(sections(record), start=1))
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
@media(max-width:30rem){dl{display:block}dt{border:0;padding-bottom:0}}
blockquote{margin:.3rem 0 1rem;padding:.6rem .9rem;background:var(--pale);border-left:4px solid var(--teal)}
@media print{:root{--ink:#000;--quiet:#333;--teal:#0a5f5b;--pale:#fff;--rule:#999;--page:#fff;color-scheme:light}
main{max-width:none;padding:0}h2,h3{break-after:avoid}blockquote,dl>div{break-inside:avoid}}
"""


def section_html(number: int, section: Section) -> str:
    """One section; `number` tells its heading from others on the page."""
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
