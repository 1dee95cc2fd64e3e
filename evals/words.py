"""What a text says, for checking: plain words out of markdown, facts in it, its figures, how hard it is to read. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from decimal import Decimal

from evals.case import Atom

NEAR = 4
"""A unit belongs to a number if it is within this many words after it, or half as many before."""

_LINK = re.compile(r"\[(\[\d+\])\]\([^)]*\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]<>#|~$])")
_MARK = re.compile(r"\[\d+\]|\*+")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+(?:['-][^\W\d_]+)*|[£$€%]")


def plain(markdown: str) -> str:
    """The words a reader sees: no link addresses, citation marks, emphasis or escapes; one space between words."""
    text = _MARK.sub("", _LINK.sub(r"\1", markdown))
    return " ".join(html.unescape(_ESCAPE.sub(r"\1", text)).replace("’", "'").replace("\u00a0", " ").split())


def says(text: str, atom: Atom) -> bool:
    """Whether a plain text holds a fact."""
    if atom.number is None:
        return any(mentions(text, wording) for wording in atom.any)
    return _has_number(tokens(text), atom.number, atom.unit)


def mentions(text: str, wording: str) -> bool:
    """Whether the words stand in the text, whatever their case; `*` is the rest of a word."""
    pattern = r"\w*".join(re.escape(part) for part in " ".join(without_commas(wording.lower()).split()).split("*"))
    left, right = (r"(?<!\w)" if wording[:1].isalnum() else ""), (r"(?!\w)" if wording[-1:].isalnum() else "")
    return re.search(left + pattern + right, without_commas(text.lower())) is not None


def tokens(text: str) -> list[str]:
    """Words, numbers and currency or per cent signs, lower case, in order: "£1,200.50" is "£", "1200.50"."""
    return _TOKEN.findall(without_commas(text.lower()).replace("per cent", "%"))


def without_commas(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def figures(text: str) -> frozenset[Decimal]:
    """Every number in a text as a value: "£1,200.00" gives 1200."""
    return frozenset(Decimal(match) for match in re.findall(r"\d+(?:\.\d+)?", without_commas(text)))


def _has_number(found: list[str], number: Decimal, units: Iterable[str]) -> bool:
    wanted = [unit.lower().rstrip("*") for unit in units]
    for place, token in enumerate(found):
        if not token[0].isdigit() or Decimal(token) != number:
            continue
        before, after = found[max(0, place - NEAR // 2) : place], found[place + 1 : place + 1 + NEAR]
        if not wanted or any(_beside(unit, before, after) for unit in wanted):
            return True
    return False


def _beside(unit: str, before: list[str], after: list[str]) -> bool:
    if unit in "£$€":
        return before[-1:] == [unit]
    words = unit.split()
    return any(
        " ".join(side[start : start + len(words)]).startswith(unit)
        for side in (before, after)
        for start in range(len(side))
    )


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+", text) if re.search(r"[A-Za-z]", part)]


def reading_age(text: str) -> float | None:
    """Flesch-Kincaid grade plus five: about the age in years of a pupil who can read it. `None` for under ten words.

    Syllables are counted by vowel groups, so it is a guide to within a year or so.
    """
    words = re.findall(r"[A-Za-z']+", text)
    count = len(sentences(text))
    if len(words) < 10 or not count:
        return None
    syllables = sum(_syllables(word) for word in words)
    return round(0.39 * len(words) / count + 11.8 * syllables / len(words) - 15.59 + 5, 1)


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, groups - silent)
