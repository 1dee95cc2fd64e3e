"""Which cards answer a turn, and which of their sentences: per thing asked, in the order asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.gazetteer import plain
from assistant.profile import LearnerProfile
from assistant.reading import Reading
from assistant.retrieval import Found
from assistant.scheme_names import schemes_named
from assistant.wanted import NATION_OF
from corpus.cards import Card, Jurisdiction, Topic
from corpus.catalogue import Catalogue
from corpus.passages import sentences

REFERRAL_GATE = 0.60
"""Least similarity of a referral card: sending someone elsewhere needs more than a passing likeness."""
OWN_NATION = 0.25
"""What a rule of the learner's nation alone gains in rank, and one of other nations only loses."""
OTHER_PROVIDER = 0.35
"""What a rule of one provider loses in rank when the turn does not name that provider."""
OWN_PROVIDER = 0.25
"""What it gains when the turn does."""
NAMED_AWARD = 0.3
"""What a card gains whose title names an award that the turn names."""
NAMED_SCHEME = 0.2
"""What a card gains that is on a scheme the question names."""
ALSO = 0.25
"""How much lower than the best card a further card for the same question may rank."""
MOST_SENTENCES = {1: 7, 2: 4, 3: 3}
"""Sentences for each thing asked, by how many things are asked; two for each of more than three."""
MOST_OF = (4, 2, 2)
"""Sentences of the best card, of the second and of the third for one question."""
BESIDE_COURSES, MOST_BESIDE_COURSES = 0.62, 3
"""Where courses are asked for, how similar a card must be to be shown beside them, and how many sentences it gets."""
LEAST_LINE, LEAST_OF_BEST = 0.25, 0.10
"""Least similarity of a further sentence to the question, and of one from the best card, which was written to answer it."""
FIGURE = 0.06
"""What a sentence with a figure gains when the question asks how much, how many, how long or when."""
SAME = 0.65
"""Share of its words a sentence may have in common with one already shown."""

WANTS_FIGURE = re.compile(
    r"\bhow\s+(?:many|much|long|old|big|often|high)\b|\bwhen\b|\bwhat\s+(?:age|size|level|year|date|limit|amount)|\bnumbers?\b|\bmax|\bmin|\blimit|\bcap\b|"
    r"\btotal\b|\bcost|\bprice|\bincome\b|\bearn|\bage\b|\bcredits?\b|\blevels?\b",
    re.I,
)
LEANS = re.compile(
    r"^(?:It|They|That|Those|These|This|So|But|And|He|She|There|Both|Then|Its|Their|Such|The\s+(?:figure|rule|money|two|other|same))\b"
)
"""A sentence that starts so leans on the one before it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A card and the numbers of its sentences worth showing, in the card's order."""

    card: Card
    lines: tuple[int, ...]


def choose(
    reading: Reading,
    profile: LearnerProfile,
    found: Sequence[tuple[Found, ...]],
    catalogue: Catalogue,
    owners: Mapping[str, frozenset[str]],
    awards: Mapping[str, frozenset[str]],
    schemes: Mapping[str, frozenset[str]],
) -> tuple[Chosen, ...]:
    """For each thing asked its best cards with the sentences that answer it. `found` are the cards of each query, `owners`
    the words a turn must hold to be about a provider's own rule, `awards` those that a card's title names, `schemes` those that
    it is on. A referral that leads stands alone."""
    named = frozenset(reading.mentions.ids("award"))
    nation = reading.mentions.nation or nation_of_adjective(reading.message) or profile.get("nation")
    said = set(plain(" ".join((reading.message, *reading.mentions.ids("provider")))).split())
    room = MOST_SENTENCES.get(len(found), 2)
    chosen: dict[str, set[int]] = {}
    shown: list[set[str]] = []
    for query, hits, only_courses in zip(reading.queries, found, reading.only_courses, strict=True):
        ranked = sorted(
            (
                (
                    hit.rank
                    + _nation_rank(card, nation)
                    + _provider_rank(owners[card.id], said)
                    + (NAMED_AWARD if awards[card.id] & named else 0.0)
                    + (NAMED_SCHEME if schemes[card.id] & schemes_named(query) else 0.0),
                    hit,
                    card,
                )
                for hit in hits
                if (card := catalogue.card(hit.record_id)) is not None
                and not _pays_elsewhere(card, nation, reading)
                and (card.topic is not Topic.REFERRAL or (hit.similarity >= REFERRAL_GATE and not only_courses))
            ),
            key=lambda entry: -entry[0],
        )
        if only_courses and (not ranked or ranked[0][1].similarity < BESIDE_COURSES):
            continue
        left = MOST_BESIDE_COURSES if only_courses else room
        best = ranked[0][2] if ranked else None
        also_named = _one_for_each(ranked, named, awards)
        for (rank, hit, card), most in zip(_with_first(ranked, also_named), MOST_OF, strict=False):
            likely = rank >= ranked[0][0] - ALSO or card.id in also_named
            if not likely or left <= 0 or (card.topic is Topic.REFERRAL and card is not best):
                continue
            leads = card is best or card.id in also_named
            lines = _lines(card, hit, query, min(most, left), shown, chosen.get(card.id, set()), first=leads)
            left -= len(lines)
            if lines:
                chosen.setdefault(card.id, set()).update(lines)
    cards = [(card, numbers) for card_id, numbers in chosen.items() if (card := catalogue.card(card_id)) is not None]
    if cards and cards[0][0].topic is Topic.REFERRAL:
        cards = cards[:1]
    return tuple(Chosen(card, tuple(sorted(numbers))) for card, numbers in _caution_first(cards))


_ADJECTIVES = re.compile(
    r"\b(?P<nation>northern\s+irish|scottish|welsh|irish)\b(?!\s+(?:courses?|class\w*|lessons?|language|beginners?|speak\w*))",
    re.I,
)


def nation_of_adjective(text: str) -> str | None:
    """ "Irish microcredentials" asks for Ireland's rules; "an Irish class" does not."""
    said = _ADJECTIVES.search(text)
    return None if said is None else NATION_OF[" ".join(said["nation"].lower().split())]


Ranked = tuple[float, Found, Card]


def _one_for_each(
    ranked: Sequence[Ranked], named: frozenset[str], awards: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Of a question that names several awards ("HNC or HND?"): the best card of each that the very best is not about."""
    if not ranked or len(named) < 2:
        return frozenset()
    covered = set(awards[ranked[0][2].id])
    found: set[str] = set()
    for _, _, card in ranked[1:]:
        new = (awards[card.id] & named) - covered
        if new:
            found.add(card.id)
            covered |= new
    return frozenset(found)


def _with_first(ranked: Sequence[Ranked], wanted: frozenset[str]) -> list[Ranked]:
    """The best card, then those wanted beside it, then the others by rank."""
    return [*ranked[:1], *sorted(ranked[1:], key=lambda entry: entry[2].id not in wanted)]


def _lines(
    card: Card, hit: Found, query: str, most: int, shown: list[set[str]], had: set[int], *, first: bool
) -> set[int]:
    """The sentences of a card that answer a question: its first one, then the likeliest, each with what it leans on."""
    parts = sentences(card.text)
    wants = WANTS_FIGURE.search(query) is not None

    def worth(number: int) -> float:
        return hit.lines.get(number, 0.0) + (FIGURE if wants and re.search(r"\d", parts[number]) else 0.0)

    order = sorted(range(len(parts)), key=lambda number: -worth(number))
    order = [0, *(number for number in order if number)] if first else order
    taken: set[int] = set()
    for number in order:
        needed = _with_what_it_leans_on(number, parts) - taken - had
        if len(taken | needed) > most and taken:
            continue
        if number and worth(number) < (LEAST_OF_BEST if first else LEAST_LINE):
            break
        if any(_repeats(parts[line], shown) for line in needed if line == number):
            continue
        taken |= needed
    shown.extend(_words(parts[number]) for number in taken)
    return taken


def _with_what_it_leans_on(number: int, parts: Sequence[str]) -> set[int]:
    needed = {number}
    while number > 0 and LEANS.match(parts[number]):
        number -= 1
        needed.add(number)
    return needed


def _words(sentence: str) -> set[str]:
    return {word for word in plain(sentence).split() if len(word) > 3 or word.isdigit()}


def _repeats(sentence: str, shown: Iterable[set[str]]) -> bool:
    """Whether a sentence says again what one shown says: most of its words, and no figure that the other has not."""
    own = _words(sentence)
    figures = {word for word in own if word.isdigit()}
    return bool(own) and any(len(own & other) >= SAME * len(own) and figures <= other for other in shown)


def _caution_first(cards: list[tuple[Card, set[int]]]) -> list[tuple[Card, set[int]]]:
    """Of two cards that answer one question, the one that says no goes first: nobody should pay on half an answer."""
    if len(cards) > 1 and cards[1][0].text.lstrip().startswith("No") and cards[0][0].text.lstrip().startswith("Yes"):
        return [cards[1], cards[0], *cards[2:]]
    return cards


def _pays_elsewhere(card: Card, nation: str | None, reading: Reading) -> bool:
    """Whether a card is on money for people of other nations only, and the turn names none of those."""
    places = {str(place) for place in card.jurisdiction}
    if card.topic is not Topic.FUNDING or nation is None or places & {nation, Jurisdiction.UK, Jurisdiction.WORLD}:
        return False
    return not places & set(reading.mentions.ids("place"))


def _nation_rank(card: Card, nation: str | None) -> float:
    places = {str(place) for place in card.jurisdiction}
    if nation is None or places & {Jurisdiction.UK, Jurisdiction.WORLD}:
        return 0.0
    if nation not in places:
        return -OWN_NATION
    return OWN_NATION if len(places) == 1 else 0.0


def _provider_rank(owner: frozenset[str], said: set[str]) -> float:
    if not owner:
        return 0.0
    return OWN_PROVIDER if owner <= said else -OTHER_PROVIDER
