"""A function's docstring as other programs need it: what it is for, and a line for each argument. Pure."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Description:
    """`summary`: the first sentence, for lists. `text`: the whole of it on one line. `arguments`: by name, in order."""

    summary: str
    text: str
    arguments: dict[str, str]

    def docstring(self) -> str:
        """The same with one line for each argument, which is all that Gradio reads of it."""
        lines = [f"    {name}: {said}" for name, said in self.arguments.items()]
        return "\n".join([self.text, "", "Args:", *lines])


def described(function: Callable[..., Any]) -> Description:
    """What the docstring says. An argument that it leaves out is a mistake, and a `KeyError` says which."""
    before, _, after = (inspect.getdoc(function) or "").partition("\nArgs:\n")
    entries = re.split(r"\n?^ {4}(\w+): ", after, flags=re.M)[1:]
    said = {name: " ".join(text.split()) for name, text in zip(entries[::2], entries[1::2], strict=True)}
    names = inspect.signature(function).parameters
    return Description(before.split("\n", 1)[0], " ".join(before.split()), {name: said[name] for name in names})
