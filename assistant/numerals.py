"""Numbers as people write them: figures, thousands, "1.2k", and English words ("two hundred and fifty"). Pure."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: number for number, word in enumerate(_UNITS.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), start=2)
}
_ORDINALS = {
    word: number
    for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)
}
_FIGURE = re.compile(r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<k>k\b)?", re.I)
_ONE_OF = re.compile(r"\b(?:an?|per)\s+(?:week|month|year|hour|credit)\b", re.I)


def numbers_said(text: str) -> frozenset[Decimal]:
    """Every number a text states. "A year" states 1; "two hundred" states 200, not 2."""
    figures = {
        Decimal(match["number"].replace(",", "")) * (1000 if match["k"] else 1) for match in _FIGURE.finditer(text)
    }
    return frozenset(figures | _in_words(text) | ({Decimal(1)} if _ONE_OF.search(text) else set()))


def _in_words(text: str) -> set[Decimal]:
    found: set[Decimal] = set()
    thousands, number = 0, None
    for word in [*re.findall(r"[a-z]+|\S", text.lower()), "."]:
        if word in _VALUES:
            # "Twenty five" is one number, "five six" are two.
            if number is not None and not _goes_on(number, _VALUES[word]):
                found.add(Decimal(thousands + number))
                thousands, number = 0, 0
            number = (number or 0) + _VALUES[word]
        elif word == "hundred":
            number = (number or 1) * 100
        elif word == "thousand":
            thousands, number = (number or 1) * 1000, 0
        elif not (word == "-" or (word == "and" and (thousands or (number or 0) >= 100))):
            found |= set() if number is None else {Decimal(thousands + number)}
            thousands, number = 0, None
    return found


def _goes_on(number: int, value: int) -> bool:
    """Whether a word of this value continues the number so far rather than starting the next."""
    return number % 100 == 0 if value >= 10 else number % 10 == 0 and number % 100 != 10


_WORDS = "|".join(sorted((*_VALUES, "hundred", "thousand"), key=len, reverse=True))
_SPELLED = re.compile(
    rf"\b(?:an?\s+(?=hundred|thousand))?(?:{_WORDS})(?:(?:\s*-\s*|\s+)(?:and\s+(?=(?:{_WORDS})\b))?(?:{_WORDS}))*\b",
    re.I,
)
_COUNTED = re.compile(
    r"(?:\s+|-)(?:(?:us|uk|ects|cats|scqf)\s+)?(?:credits?|points?|pts|pounds?|quid|hours?|hrs?|weeks?|wks?|months?|years?|ects|cats|percent|per\s+cent)\b",
    re.I,
)
_OF_LEVEL = re.compile(r"\b(?:level|lvl)\s+$", re.I)
LEAST_SPELLED = 11
"""From here on a number in words is turned into figures wherever it stands; a smaller one only before what is counted."""


def figured(text: str) -> str:
    """A text with numbers in words turned into figures: "two hundred and fifty pounds" -> "250 pounds", "level six" ->
    "level 6", "five hours" -> "5 hours". "One of them" and "the two" stay."""

    def figure(match: re.Match[str]) -> str:
        numbers = _in_words(match[0])
        if len(numbers) != 1:
            return match[0]
        (number,) = numbers
        counted = _COUNTED.match(text, match.end()) is not None or _OF_LEVEL.search(text[: match.start()]) is not None
        return str(number) if counted or number >= LEAST_SPELLED else match[0]

    return _SPELLED.sub(figure, text)


def places_said(text: str) -> frozenset[int]:
    """Places in a list that a text points at, from 1, and -1 for the last: "the second one", "no. 3", "the last"."""
    words = re.findall(r"[a-z]+", text.lower())
    named = {_ORDINALS[word] for word in words if word in _ORDINALS}
    # "The second one" is not about the first.
    counted = {
        int(number) for number in numbers_said(re.sub(r"\bone\b", " ", text, flags=re.I)) if number in range(1, 21)
    }
    last = {-1} if "last" in words else set()
    return frozenset(named | counted | last)
