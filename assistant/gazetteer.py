"""The corpus's own names in a learner's words: codes, titles, providers, awards, occupations, places. Tolerant of slips.

Exact look-up first; the fuzzy match is only for words long enough that a slip cannot turn them into another name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from corpus.catalogue import Catalogue
from corpus.courses import AwardKind, Listing

CODE = re.compile(r"\b[A-Za-z]{1,5}\d{2,6}[A-Za-z]?\b")
UNKNOWN_CODE = re.compile(r"[A-Z]{2,4}\d{3,4}")
"""Shaped like a course code and like no personal number: a National Insurance number has six digits."""
WORD = re.compile(r"[\w'’&]+")
SLIP = 88.0
"""Least similarity (0 to 100) of two words for one to be a slip of the other."""
LONG = 6
"""Shortest word that may be matched with a slip."""
SHORTENED = {"univ": "university", "unis": "uni", "coll": "college"}
LONGEST_NAME = 9
"""Longest name looked for, in words."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in the message, at characters `start` to `end`.

    `kind` is course, award, occupation, provider, place, unknown_code (looks like a course code, is not one we hold) or
    unknown_name (the same of a course's or provider's name); `record_id` is a record's id, a provider's name, a nation, or
    the unknown code or name.
    """

    kind: str
    record_id: str
    said: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mentions:
    """Every name found, in text order."""

    all: tuple[Mention, ...] = ()

    def ids(self, kind: str) -> tuple[str, ...]:
        """Each record named of one kind, once, in text order."""
        return tuple(dict.fromkeys(mention.record_id for mention in self.all if mention.kind == kind))

    @property
    def nation(self) -> str | None:
        """The nation of the last place named; `None` if none is."""
        nations = self.ids("place")
        return nations[-1] if nations else None

    def without(self, kind: str) -> Mentions:
        """The same less those of one kind."""
        return Mentions(tuple(mention for mention in self.all if mention.kind != kind))


@dataclass(frozen=True, slots=True)
class _Name:
    kind: str
    record_id: str


class Gazetteer:
    """Names -> records, built once from a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._names = _names(catalogue)
        self._words = sorted({word for name in self._names for word in name.split() if len(word) >= LONG})
        self._known = frozenset(self._words)
        self._ordinary = _ordinary_words(catalogue)
        self._initials = _initials(catalogue)

    def find(self, text: str) -> Mentions:
        """Every record, provider and place the text names; the longest name where names overlap."""
        found: list[Mention] = []
        for mention in (*self._codes(text), *self._spelled(text), *self._by_initials(text), *_unknown_names(text)):
            if not any(other.start < mention.end and mention.start < other.end for other in found):
                found.append(mention)
        return Mentions(tuple(sorted(found, key=lambda mention: mention.start)))

    def _codes(self, text: str) -> Iterator[Mention]:
        for match in CODE.finditer(text):
            record = self.catalogue.by_code(match[0])
            if record is not None:
                kind = "course" if self.catalogue.course(record.id) else "award"
                yield Mention(kind, record.id, match[0], *match.span())
            elif UNKNOWN_CODE.fullmatch(match[0]):
                yield Mention("unknown_code", match[0], match[0], *match.span())

    def _spelled(self, text: str) -> Iterator[Mention]:
        words = list(WORD.finditer(text))
        mended = [self._mended(SHORTENED.get(said := plain(word[0]), said)) for word in words]
        place = 0
        while place < len(words):
            for length in range(min(LONGEST_NAME, len(words) - place), 0, -1):
                name = self._lookup(" ".join(mended[place : place + length]))
                if name is not None:
                    start, end = words[place].start(), words[place + length - 1].end()
                    yield Mention(name.kind, name.record_id, text[start:end], start, end)
                    place += length - 1
                    break
            place += 1

    def _lookup(self, said: str) -> _Name | None:
        return self._names.get(said) or self._names.get(singular(said))

    def _mended(self, word: str) -> str:
        if len(word) < LONG or word in self._known or singular(word) in self._known or word in self._ordinary:
            return word
        best = process.extractOne(word, self._words, scorer=fuzz.ratio, score_cutoff=SLIP)
        # The first letter is seldom the slip, and keeping it tells "morning" from "mourning".
        return best[0] if best and best[0][0] == word[0] else word

    def _by_initials(self, text: str) -> Iterator[Mention]:
        for match in re.finditer(r"\b(?:[A-Z]{2,5}|[a-z]{3,5})\b", text):
            provider = self._initials.get(match[0].upper())
            # Small letters are as often a word: "rgu" can only be the university, "sal" is anybody.
            if provider is not None and (
                match[0].isupper() or ("University" in provider and match[0] not in self._ordinary)
            ):
                yield Mention("provider", provider, match[0], *match.span())


_CAPITALISED = r"[A-Z][\w'’&-]*"
_UNKNOWN_NAME = re.compile(
    rf"\b(?:[Ii]t'?s|[Ii]t\s+is|course|module|certificate|diploma|bootcamp|programme|college|provider|company|school)\s+(?:is\s+)?(?:called|named|titled|entitled)\s+(?:the\s+)?[\"'“‘]?(?P<called>{_CAPITALISED}(?:\s+(?:of|and|for|in|to|the|&|{_CAPITALISED})){{0,7}}(?<!\s(?:of|to|in))(?<!\s(?:and|for|the)))|"
    rf"\b(?P<body>(?:{_CAPITALISED}\s+){{1,4}}(?:University|Uni|College|Academy|Institute|Institution|Polytechnic))\b(?!\s+(?:of|for)\b)"
)
"""A name that a message says is one ("it's called …"), or that ends as providers' names do."""
_STARTS = re.compile(
    r"^(?:(?:Is|Are|Does|Do|Can|Will|Would|The|A|An|At|From|By|In|My|I|And|With|Has|Should|What|Which|How|If|Open)\s+)+"
)


def _unknown_names(text: str) -> Iterator[Mention]:
    """Names of courses and providers that we may not hold; those we do are found before them."""
    for match in _UNKNOWN_NAME.finditer(text):
        part = "called" if match["called"] else "body"
        name = _STARTS.sub("", match[part])
        if len(name) > 3 and name not in KINDS_OF_PROVIDER:
            end = match.end(part)
            yield Mention("unknown_name", name, name, end - len(name), end)


KINDS_OF_PROVIDER = frozenset({"University", "Uni", "College", "Academy", "Institute", "Institution", "Polytechnic"})


def plain(text: str) -> str:
    """Lower case, no punctuation, single spaces: how names are compared."""
    return " ".join(
        re.sub(r"[^\w\s]", " ", text.lower().replace("&", " and ").replace("'", "").replace("’", "")).split()
    )


def singular(name: str) -> str:
    """ "nurses" -> "nurse": enough for the plurals people use for occupations. Short words ("pts") stay as they are."""
    return name[:-1] if len(name) > 4 and name.endswith("s") and not name.endswith("ss") else name


def _ordinary_words(catalogue: Catalogue) -> frozenset[str]:
    """Words that the corpus itself uses in its sentences: "person" is no slip for Pearson, "bath" names no initials."""
    texts = (*(card.text for card in catalogue.cards), *(course.summary or "" for course in catalogue.courses))
    return frozenset(word for text in texts for word in re.findall(r"\b[a-z]{3,}\b", text))


def _names(catalogue: Catalogue) -> Mapping[str, _Name]:
    """Every name by its plain form; of two records with one name the earlier kind below wins."""
    names: dict[str, _Name] = {}
    for occupation in catalogue.occupations:
        for title in (occupation.title, *occupation.other_names):
            names.setdefault(plain(title), _Name("occupation", occupation.id))
    for place, nation in _places().items():
        names.setdefault(place, _Name("place", nation))
    for name, provider in _provider_names(catalogue).items():
        names.setdefault(name, _Name("provider", provider))
    # National awards first: "a PGCert" is any PGCert, not the first provider's.
    for award in sorted(catalogue.awards, key=lambda award: award.kind is not AwardKind.NATIONAL_MINIMUM):
        # "Certificate of Higher Education (national minimum)" is called so without its bracket.
        bare = (re.sub(r"\([^)]*\)", "", award.title),) if award.kind is AwardKind.NATIONAL_MINIMUM else ()
        for title in (award.title, *bare, *award.other_names):
            names.setdefault(plain(title), _Name("award", award.id))
    for course in catalogue.courses:
        if course.listing is Listing.RANGE:
            # "Postgraduate microcredential" is a kind of course, and no course's name.
            continue
        title = plain(re.sub(r"\([^)]*\)", "", course.title))
        # A one-word title ("Marketing") is a subject as often as a course.
        if len(title.split()) > 1:
            names.setdefault(title, _Name("course", course.id))
    names.pop("", None)
    return names


def _providers(catalogue: Catalogue) -> list[str]:
    return sorted({course.provider for course in catalogue.courses} | {award.provider for award in catalogue.awards})


def _provider_names(catalogue: Catalogue) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for provider in _providers(catalogue):
        full = plain(re.sub(r"\([^)]*\)", "", provider))
        names.setdefault(full, provider)
        short = re.sub(r"^(the )?(university of )|( university| college)$", "", full).strip()
        if full.startswith(("university of ", "the university of ")) or full.endswith(" university"):
            names.setdefault(f"{short} university", provider)
            names.setdefault(f"{short} uni", provider)
            names.setdefault(f"uni of {short}", provider)
            # "Sheffield Hallam" can only be the university; "Derby" is a place.
            if len(short.split()) > 1:
                names.setdefault(short, provider)
    names |= _by_last_word(names)
    names["open university"] = names["open uni"] = names["the open uni"] = "The Open University"
    return names


def _by_last_word(names: Mapping[str, str]) -> dict[str, str]:
    """ "Hallam" for Sheffield Hallam University: the word after the place, where only one provider has it."""
    owners: dict[str, set[str]] = {}
    for name, provider in names.items():
        first, _, last = name.partition(" ")
        if first in _places() and len(last) >= LONG and last not in COMMON_PROVIDER_WORDS and " " not in last:
            owners.setdefault(last, set()).add(provider)
    return {last: next(iter(providers)) for last, providers in owners.items() if len(providers) == 1}


def _initials(catalogue: Catalogue) -> Mapping[str, str]:
    """OU, UHI, RGU: initials that only one provider has."""
    owners: dict[str, set[str]] = {}
    for provider in _providers(catalogue):
        base = re.sub(r"\s*\([^)]*\)", "", provider)
        words = [word for word in re.findall(r"[A-Z][\w'’]*", base) if word != "The"]
        if 2 <= len(words) <= 5:
            owners.setdefault("".join(word[0] for word in words), set()).add(base)
    return {
        initials: next(iter(providers))
        for initials, providers in owners.items()
        if len(providers) == 1 and initials not in NOT_PROVIDERS
    }


COMMON_PROVIDER_WORDS = frozenset(
    {"the", "of", "and", "for", "university", "college", "school", "centre", "institute", "education", "learning"}
)
"""Words of provider names that tell no provider from another."""

NOT_PROVIDERS = frozenset(
    {
        "IT",
        "UK",
        "US",
        "EU",
        "NI",
        "HE",
        "FE",
        "HR",
        "AI",
        "CV",
        "BA",
        "MA",
        "PG",
        "UC",
        "HCA",
        "TA",
        "CPD",
        "RPL",
        "USA",
        "BSC",
        "CSS",
        "EAL",
    }
)
"""Initials that mean something else in a careers conversation."""


@cache
def _places() -> Mapping[str, str]:
    data = tomllib.loads((Path(__file__).parent / "places.toml").read_text(encoding="utf-8"))
    return {plain(name): nation for nation, entry in data.items() for name in entry["names"]}
