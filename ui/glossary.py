"""Credit words explained where they stand, on hover, by keyboard and by touch; and all of them as a list. Pure.

`explained` puts a button around the first use of each term in HTML of ours. The browser itself opens and closes the
explanation (`popover`: press or tap, Escape closes it), so that it works without script; `glossary.js` adds hover and focus.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from corpus.cards import Card
from ui.markup import escape, link
from ui.words import CATALOGUES, Words

Cards = Callable[[str], Card | None]
"""Card id -> card; `Catalogue.card` is one."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word a learner meets. `forms`: the other ways it is written; `card`: the id of the record its meaning rests on."""

    name: str
    forms: tuple[str, ...]
    means: str
    card: str

    @property
    def slug(self) -> str:
        """The name as a part of an id: small letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())

    @property
    def spellings(self) -> Iterator[str]:
        """Every form as a text may have it: one with two capitals ("HNC") only as written, any other also capitalised."""
        for form in (self.name, *self.forms):
            yield form
            if sum(letter.isupper() for letter in form) < 2:
                yield from (form[0].upper() + form[1:], form.title())


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms by name. `pattern` finds spellings of them; `by_spelling` says which, and a phrase that is in it not at all
    means something else ("Universal Credit")."""

    terms: tuple[Term, ...]
    by_spelling: Mapping[str, Term]
    pattern: re.Pattern[str]

    def term(self, found: str) -> Term | None:
        return self.by_spelling.get(found) or self.by_spelling.get(found.removesuffix("s"))


@cache
def glossary() -> Glossary:
    """The glossary, read once."""
    read = tomllib.loads((CATALOGUES / "glossary.toml").read_text(encoding="utf-8"))
    terms = tuple(
        Term(item["term"], tuple(item.get("forms", ())), item["means"], item["card"]) for item in read["term"]
    )
    by_spelling = {spelling: term for term in terms for spelling in term.spellings}
    # The longest first: "credit transfer" is not "credit". Not inside a longer word, an address or an HTML entity.
    longest_first = sorted({*by_spelling, *read["never"]}, key=len, reverse=True)
    any_of_them = "|".join(map(re.escape, longest_first))
    pattern = re.compile(rf"(?<![\w&#/.@?=-])(?:{any_of_them})s?(?![\w/@-]|\.\w)")
    return Glossary(terms, MappingProxyType(by_spelling), pattern)


def explained(html_text: str, w: Words, where: str) -> str:
    """HTML in which the first use of each term opens its meaning; the meanings, closed, are added at the end of it.

    `html_text` is HTML of ours, its data escaped; tags, links, headings, buttons and what is hidden are left alone.
    `where` names the part of the page: letters and hyphens, different for each part, because ids are made from it.
    """
    seen: dict[Term, str] = {}

    def marked(match: re.Match[str]) -> str:
        term = glossary().term(match[0])
        if term is None or term in seen:
            return match[0]
        seen[term] = _tip(term, f"sa-tip-{where}-{term.slug}", w)
        return _button(match[0], f"sa-tip-{where}-{term.slug}")

    pieces = _pieces(html_text)
    body = "".join(glossary().pattern.sub(marked, text) if readable else text for text, readable in pieces)
    return body + "".join(seen.values())


def _button(words: str, tip: str) -> str:
    return (
        f"<button type='button' class='sa-term' popovertarget='{tip}' popovertargetaction='show'"
        f" aria-describedby='{tip}'>{words}</button>"
    )


def _tip(term: Term, tip: str, w: Words) -> str:
    """A meaning, closed. It stands apart from its term, so that text which is copied from the page is what was written."""
    name = f" data-term='{escape(term.name)}'"
    return f"<span popover id='{tip}' role='tooltip' class='sa-tip'{name}{_english(w)}>{escape(term.means)}</span>"


def _english(w: Words) -> str:
    """Meanings are in English in every language so far."""
    return "" if w.language == "en" else " lang='en'"


_TAG = re.compile(
    r"""<!--.*?-->|<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<rest>(?:[^"'>]++|"[^"]*"|'[^']*')*+)>""", re.S
)
_BROKEN_TAG = re.compile(r"<[a-zA-Z/!?]")
_UNSEEN = re.compile(r"\bhidden\b|\bsa-tip\b")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_LEFT_ALONE = frozenset(
    "a button code h1 h2 h3 h4 h5 h6 label legend math option pre script select style summary svg template textarea title".split()
)


def _pieces(html_text: str) -> Iterator[tuple[str, bool]]:
    """The HTML cut at its tags, and whether each piece is text in which a term may be marked."""
    inside, depth, done = "", 0, 0
    for tag in _TAG.finditer(html_text):
        text = html_text[done : tag.start()]
        if _BROKEN_TAG.search(text):
            break
        yield text, not depth
        yield tag[0], False
        done = tag.end()
        name = (tag["name"] or "").lower()
        if depth:
            if name == inside and name not in _VOID:
                depth += -1 if tag["end"] else 1
        elif _opens_what_is_left_alone(tag, name):
            inside, depth = name, 1
    # After a tag that never ends a browser sees no text, so neither do we.
    yield html_text[done:], not depth and not _BROKEN_TAG.search(html_text, done)


def _opens_what_is_left_alone(tag: re.Match[str], name: str) -> bool:
    if not name or tag["end"] or name in _VOID:
        return False
    return name in _LEFT_ALONE or bool(_UNSEEN.search(tag["rest"]))


def terms_html(terms: Iterable[Term], w: Words, card: Cards) -> str:
    """Terms with their meanings and where each meaning comes from, as a list; empty if there are none."""
    listed = "".join(_defined(term, w, card) for term in terms)
    return f"<dl class='sa-glossary'>{listed}</dl>" if listed else ""


def glossary_html(w: Words, card: Cards) -> str:
    """Every term, by name: a heading, a sentence on what this is, and the list. Each has the id `sa-word-` and its slug."""
    return f"<h2>{escape(w('glossary.title'))}</h2><p>{escape(w('glossary.intro'))}</p>{terms_html(glossary().terms, w, card)}"


def _defined(term: Term, w: Words, card: Cards) -> str:
    english = _english(w)
    forms = f"<span{english}>{escape(', '.join(term.forms))}</span>"
    also = f" <span class='sa-small'>{escape(w('glossary.also'))} {forms}</span>" if term.forms else ""
    return (
        f"<dt id='sa-word-{term.slug}'><span{english}>{escape(term.name)}</span>{also}</dt>"
        f"<dd><span{english}>{escape(term.means)}</span>{_source(card(term.card), w)}</dd>"
    )


def _source(card: Card | None, w: Words) -> str:
    """Where a meaning comes from; nothing if the index that answers does not hold the record."""
    if card is None:
        return ""
    source = link(card.source.url, card.title, w)
    dated = w("panel.as_of", date=card.source.seen) if card.source.seen else w("panel.undated")
    return f" <span class='sa-small'>{source}, {escape(dated)}</span>"
