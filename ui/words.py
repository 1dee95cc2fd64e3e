"""Every word the page itself says, in each of its languages, from `ui/words/*.toml`. Pure once a catalogue is read.

    w = words("en")
    w("page.send")                              "Send"
    w("page.too_long", n=4100, most=4000)       placeholders are named, and every one must be given
    w("panel.sources", n=3)                     "3 sources": an entry with plural forms goes by `n`
    w.of("profile.field", name)                 the text of a value that is only known at run time

Texts are plain text, never HTML: whoever puts one into a page escapes it. A text's plural forms carry the names the Unicode
CLDR gives them. English has `one` (1) and `other`. In Welsh a noun stays singular after a number, and it is the number that
changes how the noun begins (1 cwrs, 2 gwrs, 3 chwrs, 4 cwrs, 6 chwrs), so Welsh has `zero`, `one`, `two`, `few` (3), `many` (6)
and `other`. `other` is required; a form that is left out reads as `other`.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "cy": "Cymraeg"})
"""Code -> the language's own name for itself, in the order a visitor is offered them."""

CATALOGUES = Path(__file__).parent / "words"

_FORMS: Mapping[str, Mapping[int | float | Decimal, str]] = {
    "en": {1: "one"},
    "cy": {0: "zero", 1: "one", 2: "two", 3: "few", 6: "many"},
}
"""Which form each number takes; every other number, and every fraction, takes `other`."""

CATEGORIES = ("zero", "one", "two", "few", "many", "other")


class WordsProblem(Exception):
    """A text that cannot be given. `where` is the catalogue and key; correct the key, the call or the catalogue."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        super().__init__(where, found, expected)
        self.where, self.found, self.expected = where, found, expected

    def __str__(self) -> str:
        return f"{self.where}: {self.found}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a catalogue: by plural form, or only as `other`. `variables` are the placeholders of all its forms."""

    forms: Mapping[str, str]
    variables: frozenset[str]

    @property
    def counted(self) -> bool:
        return len(self.forms) > 1


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, by key."""

    language: str
    entries: Mapping[str, Entry]

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with its placeholders filled. Raises `WordsProblem` for a key that is not there, and unless
        exactly the placeholders of the text are given."""
        entry = self.entries.get(key)
        if entry is None:
            raise WordsProblem(self._where(key), "no such text", "a key of the catalogue")
        if entry.variables != values.keys():
            raise WordsProblem(self._where(key), f"given {_listed(values)}", _listed(entry.variables))
        return self._form(key, entry, values).format(**values)

    def of(self, group: str, value: object, **values: object) -> str:
        """The text of one of a group of keys: `w.of("panel.confidence", "high")` is `w("panel.confidence.high")`."""
        return self(f"{group}.{value}", **values)

    def _form(self, key: str, entry: Entry, values: Mapping[str, Any]) -> str:
        if not entry.counted:
            return entry.forms["other"]
        n = values["n"]
        if not isinstance(n, int | float | Decimal):
            raise WordsProblem(self._where(key), f"n = {n!r}", "a number, which chooses the form")
        return entry.forms.get(_FORMS[self.language].get(n, "other"), entry.forms["other"])

    def _where(self, key: str) -> str:
        return f"{self.language}.toml {key}"


@cache
def words(language: str) -> Words:
    """The words of a language, read once. Raises `WordsProblem` for a language that is not in `LANGUAGES`."""
    if language not in LANGUAGES:
        raise WordsProblem("language", repr(language), f"one of {', '.join(LANGUAGES)}")
    return read_words(language, (CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))


def read_words(language: str, catalogue: str) -> Words:
    """The words in the text of a catalogue. Raises `WordsProblem` for the first entry that cannot be used."""
    flat = _flat("", tomllib.loads(catalogue))
    entries = {key: _entry(f"{language}.toml {key}", value) for key, value in flat}
    return Words(language, MappingProxyType(entries))


def _flat(path: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The texts of a table and of the tables in it, with their whole keys; a table with `other` is one text."""
    for name, value in table.items():
        key = f"{path}{name}"
        if isinstance(value, dict) and "other" not in value:
            yield from _flat(f"{key}.", value)
        else:
            yield key, value


def _entry(where: str, value: Any) -> Entry:
    forms = value if isinstance(value, dict) else {"other": value}
    for name, text in forms.items():
        if name not in CATEGORIES:
            raise WordsProblem(where, f"the form {name!r}", f"one of {', '.join(CATEGORIES)}")
        if not isinstance(text, str) or not text.strip():
            raise WordsProblem(where, repr(text), "a text that is not empty")
    used = frozenset(name for text in forms.values() for name in _variables(where, text))
    return Entry(MappingProxyType(forms), used | {"n"} if len(forms) > 1 else used)


def _variables(where: str, text: str) -> Iterator[str]:
    """The names of a text's placeholders. Only plain names: `{n.real}` or `{}` would be code, or a guess."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as fault:
        raise WordsProblem(where, f"{text!r} ({fault})", "braces only around the name of a placeholder") from fault
    for _, name, _, _ in parts:
        if name is not None:
            if not name.isidentifier():
                raise WordsProblem(where, f"the placeholder {{{name}}}", "a plain name such as {n}")
            yield name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no variables"
