"""Advice -> text for a terminal. The markdown and the JSON are made in `assistant.contract`. Pure."""

from __future__ import annotations

import re

from assistant.advise import Advice
from assistant.contract import answer_markdown
from assistant.evidence import Evidence


def answer_text(advice: Advice) -> str:
    """The answer for a terminal: plain sentences, then the numbered sources with date and address."""
    lines = [re.sub(r" \[\[(\d+)\]\]\([^)]*\)", r" [\1]", answer_markdown(advice.answer))]
    lines[0] = re.sub(r"\\([\\`*_{}\[\]<>#|~$])", r"\1", lines[0]).replace("&amp;", "&").replace("**", "")
    if advice.answer.evidence:
        lines.append("\nSources")
    for number, source in enumerate(advice.answer.evidence, start=1):
        lines.append(f"  [{number}] {source.title} ({dated(source)}) {source.url}")
    return "\n".join(lines)


def dated(source: Evidence) -> str:
    date = f"as of {source.as_of}" if source.as_of else "page undated"
    return f"{date}, {source.confidence} confidence"
