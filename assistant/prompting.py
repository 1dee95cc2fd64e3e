"""Prompts: one Markdown file each in `prompts/`, what to do apart from the data to do it with."""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told to do, and apart from it the data to do it with."""

    system: str
    data: str


class PromptError(Exception):
    """A prompt file and the data given for it do not fit."""


def fill_prompt(name: str, **values: str) -> Prompt:
    """The prompt `prompts/<name>.md`: above the line "---" what to do, below it where each piece of data goes.

    Data is set between marks that nobody can foresee, and loses every angle bracket, so that it cannot end early or pass
    for a part of the protocol. Raises `PromptError` for missing or unknown data.
    """
    system, data = _templates(name)
    wanted = set(data.get_identifiers())
    if wanted != set(values):
        raise PromptError(f"prompts/{name}.md: needs {sorted(wanted)}, was given {sorted(values)}")
    mark = secrets.token_hex(8)
    fenced = {key: f"<{key} {mark}>\n{_harmless(value)}\n</{key} {mark}>" for key, value in values.items()}
    return Prompt(system.substitute(mark=mark), data.substitute(fenced))


def _harmless(text: str) -> str:
    return re.sub(r"\[(/?INST)\]", r"\1", text.replace("<", "‹").replace(">", "›"))


@cache
def _templates(name: str) -> tuple[string.Template, string.Template]:
    text = (Path(__file__).parent / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    system, _, data = text.partition("\n---\n")
    return string.Template(system), string.Template(data)
