"""A turn -> Reading: what is asked, what must hold, and what was said about the learner. Rules and a small classifier.

Quantities are parsed by grammar (`quantities.py`), names by the corpus's own gazetteer, needs by `needs.py`. Nothing is
inferred beyond what was said: a budget that is not mentioned stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from assistant.gazetteer import Gazetteer, Mention, Mentions, plain
from assistant.impersonal import impersonal, without_postcodes
from assistant.limits import Constraints
from assistant.needs import Need, NeedClassifier
from assistant.profile import PriorLearning
from assistant.quantities import (
    CreditSaid,
    LevelSaid,
    Span,
    age_said,
    credits_said,
    hours_a_week,
    levels_said,
    money_said,
    target_system,
    weeks_available,
    years_said,
)
from corpus.courses import Mode
from corpus.credit import CreditSystem
from corpus.embedding import Embedder, Vectors

LONGEST_MESSAGE = 4_000
"""Characters of a message that are read; the rest is cut, and the answer says so."""
MOST_SENTENCES = 12
LONGEST_QUERY = 600
"""Characters of one search; the embedding model reads about as much."""

MODE_WORDS = {
    Mode.ONLINE: (
        "online",
        "on line",
        "from home",
        "at home",
        "remote",
        "remotely",
        "distance learning",
        "distance",
        "virtual",
    ),
    Mode.BLENDED: ("blended", "hybrid"),
    Mode.IN_PERSON: ("in person", "face to face", "classroom", "on campus", "in a college", "in class"),
}
FREE_WORDS = (
    "free",
    "no cost",
    "for nothing",
    "without paying",
    "cant pay",
    "can't pay",
    "no money",
    "£0",
    "zero cost",
)
LEARNING = re.compile(
    r"\b(?:cours\w*|modul\w*|degree\w*|credits?|certificat\w*|diploma\w*|mooc\w*|stud(?:y|ied|ying)|qualif\w*|universit\w*|uni|college|"
    r"unemployed|career\w*|retrain\w*|learn\w*|interested|thinking|hoping|trying|money|broke|skint)\b",
    re.I,
)
"""Words that make a clause about study or work rather than about the person."""
NOT_SUBJECT = re.compile(
    r"\b(?:free|cheap(?:er|est)?|online|on\s+line|in\s+person|face\s+to\s+face|from\s+home|distance\s+learning|evenings?|weekends?|part\s+time|"
    r"is\s+there|are\s+there|i\s+(?:want|need|would\s+like)\s+to\s+(?:learn|study|do|find)|an?|the|short|courses?|class(?:es)?|modules?|training|certificates?|any|some|find\s+me|show\s+me|looking\s+for|recommend|with\s+credit|"
    r"near\s+me|under\s+£?\d+|£\d+|level\s+\d+|what\s+about|only|ones?|please)\b",
    re.I,
)
"""Words that say what kind of course is wanted and not what it is about."""
EMPTY_WORDS = frozenset(
    "what about and the a an is are in on for me i you do does have of to with but or how no yes can more others other else one that "
    "those these them it there so then also just not".split()
)
NOT_FREE = ("free time", "feel free", "freelance", "free to", "free choice", "risk free", "free place")
HAVE = re.compile(
    r"\b(?:i\s+(?:already\s+)?(?:have|hold|did|done|do\s+have|completed?|finished|passed|studied|took|earned|got|gained)|i'?ve|ive|"
    r"have|got|was|were|with\s+(?:an?|my)|my|she\s+has|he\s+has|they\s+have|has|holds|had)\b",
    re.I,
)
ASKING = re.compile(
    r"\?\s*$|^\W*(?:what|which|how|who|where|when|why|can|could|will|would|do|does|is|are|am|should|any|find|show|list|tell|compare|explain|"
    r"recommend|suggest|give|convert|looking|need|want|wants|i\s+want|i\s+need|i'?d\s+like|i\s+would\s+like|i'?m\s+looking)\b",
    re.I,
)
"""A sentence that asks for something, rather than telling."""
YES_OR_NO = re.compile(
    r"(?:^|[.?!,;]\s+|\b(?:and|so|but)\s+)(?:can|could|will|would|do|does|did|is|are|am|should|has|have|must|may|isn'?t|doesn'?t|won'?t|can'?t)\b",
    re.I,
)
ASKS = re.compile(
    r"^\W*(?:can|could|will|would|what|which|how|do|does|is|are|should)\b|\b(?:need|wants?|would\s+like|looking|still)\b",
    re.I,
)
"""A clause that asks or wishes says nothing about what someone already has."""
TOWARDS = re.compile(
    r"\b(?:towards?|into|onto|for|get|become|becoming|to\s+do|up\s+to|make|count\s+(?:for|as)|(?:use|put)\s+(?:it|them|these|this)\s+in)\s+"
    r"(?:an?\s+|the\s+|my\s+)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a follow-up may point back to: the last message that stood alone, what it was after, what it asked of
    courses, and the courses that were shown since, in the order shown."""

    message: str
    constraints: Constraints
    needs: tuple[tuple[Need, float], ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One turn, read. `vectors` (n, dim) belong to `queries`, one per thing asked, in order; `subject_vectors` to
    `subjects`, the same without words that say where, how or for how much."""

    message: str
    queries: tuple[str, ...]
    vectors: Vectors
    subjects: tuple[str, ...]
    subject_vectors: Vectors
    needs: tuple[tuple[Need, float], ...]
    mentions: Mentions
    credits: tuple[CreditSaid, ...]
    levels: tuple[LevelSaid, ...]
    target_system: CreditSystem | None
    constraints: Constraints
    facts: Mapping[str, Any] = field(default_factory=dict)
    cut: bool = False
    follows: bool = False
    """Whether it was read together with an earlier message."""
    referred: tuple[str, ...] = ()
    """Courses shown before that the turn points at ("the second one", "does it count?")."""

    @property
    def yes_or_no(self) -> bool:
        """Whether it can be answered with yes or no."""
        return YES_OR_NO.search(self.message) is not None

    def need(self, *wanted: Need) -> bool:
        """Whether any of these needs was read."""
        return any(need in wanted for need, _ in self.needs)


class Reader:
    """Reads turns. One per process: it holds the gazetteer and the need classifier."""

    def __init__(self, gazetteer: Gazetteer, classifier: NeedClassifier, embedder: Embedder) -> None:
        self.gazetteer = gazetteer
        self._classifier = classifier
        self._embedder = embedder

    def read(self, message: str, earlier: Earlier | None = None) -> Reading:
        """`earlier` is what a short follow-up ("only online") is read together with."""
        text = without_postcodes(clean(message))
        cut = len(text) > LONGEST_MESSAGE
        text = text[:LONGEST_MESSAGE]
        mentions = self.gazetteer.find(text)
        searched = impersonal(text, self._names_something)
        asked = tuple(part for part in _sentences(searched) if ASKING.search(part)) or (searched[:LONGEST_QUERY],)
        needs = self._classifier.needs(self._embedder.encode(asked))
        follows = earlier is not None and _is_follow_up(text, mentions)
        if earlier and follows and _no_subject(text):
            needs = earlier.needs or needs
        follows = follows and needs[0][0] is not Need.SMALL_TALK
        queries = (f"{earlier.message[:300]} {text}",) if earlier and follows else self._queries(searched)
        subjects = tuple(self._subject(query) for query in queries)
        texts = tuple(dict.fromkeys((*queries, *subjects)))
        by_text = dict(zip(texts, self._embedder.encode(texts), strict=True))
        said, levels = credits_said(text), levels_said(text)
        constraints = _constraints(text, mentions, said, levels, dict(needs))
        if earlier and follows:
            constraints = earlier.constraints.changed_by(constraints)
        return Reading(
            message=text,
            queries=queries,
            vectors=np.stack([by_text[query] for query in queries]),
            subjects=subjects,
            subject_vectors=np.stack([by_text[subject] for subject in subjects]),
            needs=needs,
            mentions=mentions,
            credits=said,
            levels=levels,
            target_system=target_system(text),
            constraints=constraints,
            facts=_facts(text, mentions),
            cut=cut,
            follows=follows,
            referred=_referred(text, earlier.shown) if earlier else (),
        )

    def _queries(self, text: str) -> tuple[str, ...]:
        """What to search for: each thing asked, with what was told beside it as far as that is about study or work."""
        sentences = _sentences(text)
        asked = [sentence for sentence in sentences if ASKING.search(sentence)]
        if not asked:
            return (text[:LONGEST_QUERY],)
        told = [
            sentence
            for sentence in sentences
            if sentence not in asked and (self._names_something(sentence) or self.gazetteer.find(sentence).nation)
        ]
        return tuple(" ".join((*told, sentence))[-LONGEST_QUERY:] for sentence in asked)

    def _names_something(self, fragment: str) -> bool:
        named = any(mention.kind != "place" for mention in self.gazetteer.find(fragment).all)
        return named or bool(credits_said(fragment) or levels_said(fragment)) or LEARNING.search(fragment) is not None

    def _subject(self, query: str) -> str:
        """The query without words that say where, how or for how much; whole again if nothing is left."""
        for mention in reversed(self.gazetteer.find(query).all):
            if mention.kind == "place":
                query = query[: mention.start] + query[mention.end :]
        return " ".join(NOT_SUBJECT.sub(" ", query).split()).strip(" ,.?!") or query


def clean(message: str) -> str:
    """Printable text with single spaces; control characters and lone surrogates gone."""
    visible = "".join(char if char.isprintable() else " " for char in message)
    return " ".join(visible.encode("utf-8", "ignore").decode("utf-8").split())


def _sentences(text: str) -> tuple[str, ...]:
    parts = [part.strip(" ,") for part in re.split(r"(?<=[.?!;])\s+|\s+-\s+", text)]
    return tuple(part for part in parts if len(part) > 2)[:MOST_SENTENCES]


def _is_follow_up(text: str, mentions: Mentions) -> bool:
    """A turn that cannot stand alone: it names no subject of its own ("only online"), or points back ("does it count?")."""
    points_back = (
        re.search(r"\b(?:it|that|those|these|them|they)\b", text, re.I) is not None and len(text.split()) <= 12
    )
    return (_no_subject(text) or points_back) and not mentions.ids("course") and not mentions.ids("occupation")


def _no_subject(text: str) -> bool:
    return all(word in EMPTY_WORDS for word in plain(NOT_SUBJECT.sub(" ", text)).split())


POINTED = re.compile(
    r"\b(first|1st|second|2nd|third|3rd|fourth|4th|last)\b(?:\s+(?:one|two|course|option|module)\b|\s*[?.!]*$|(?=\s+and\s+the\b))",
    re.I,
)
""" "The second one", "the first and the third?": not "my first year"."""
ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
IT = re.compile(r"\b(?:does|do|is|will|can|would|could|about)\s+(?:it|that|that\s+one|this\s+one)\b", re.I)


def _referred(text: str, shown: tuple[str, ...]) -> tuple[str, ...]:
    """The shown courses a turn points at: by their place in the list, or "it" for the first."""
    if not shown:
        return ()
    places = [ORDINALS[match[1].lower()] for match in POINTED.finditer(text)]
    named = [shown[place] for place in places if -len(shown) <= place < len(shown)]
    return tuple(dict.fromkeys(named)) or ((shown[0],) if IT.search(text) else ())


def _constraints(
    text: str,
    mentions: Mentions,
    said: tuple[CreditSaid, ...],
    levels: tuple[LevelSaid, ...],
    needs: Mapping[Need, float],
) -> Constraints:
    lowered = f" {text.lower()} "
    looking = Need.SEARCH in needs or Need.COMPARE in needs
    limits = [money.pounds for money in money_said(text) if money.limit or looking]
    held = [span for span, _ in _prior_by_clause(text, mentions)]
    wanted_levels = [said for said in levels if not _within(said.span, held)]
    wanted_credits = [amount for amount in said if not _within(amount.span, held)]
    free = _has_word(lowered, FREE_WORDS) and not _has_word(lowered, NOT_FREE)
    return Constraints(
        level=wanted_levels[-1] if wanted_levels and looking else None,
        credits=wanted_credits[-1] if wanted_credits and looking else None,
        max_price=Decimal(0) if free else (limits[-1] if limits else None),
        mode=next((mode for mode, words in MODE_WORDS.items() if _has_word(lowered, words)), None),
        nation=_place_of_study(text, mentions) if looking else None,
        credit_bearing=_credit_wanted(lowered),
    )


def _within(inner: Span, spans: list[Span]) -> bool:
    return any(span.start <= inner.start and inner.end <= span.end for span in spans)


def _has_word(text: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


def _credit_wanted(text: str) -> bool | None:
    if re.search(r"\b(?:no|without|not)\s+(?:any\s+)?credits?\b|\bnon.?credit\b", text):
        return False
    if re.search(
        r"\b(?:with|for|carries|carry|give[s]?|gives\s+me|earn[s]?)\s+(?:\w+\s+)?credits?\b|\bcredit.bearing\b", text
    ):
        return True
    return None


def _place_of_study(text: str, mentions: Mentions) -> str | None:
    """A place counts as where to study unless it is said to be where someone lives."""
    for mention in reversed(mentions.all):
        if mention.kind == "place" and not _lives(text, mention):
            return mention.record_id
    return None


def _only_place(text: str, mentions: Mentions) -> bool:
    """A turn that is just a place answers "where do you live?"."""
    left = text
    for mention in reversed(mentions.all):
        if mention.kind == "place":
            left = left[: mention.start] + left[mention.end :]
    return left != text and all(word in EMPTY_WORDS for word in plain(left).split())


def _lives(text: str, place: Mention) -> bool:
    before = text[: place.start].lower()
    return (
        re.search(
            r"(?:live|living|lives|based|from|move|moving|moved|resident|i'?m|am|are|is)\s+(?:in|to|from)?\s*$", before
        )
        is not None
    )


def _facts(text: str, mentions: Mentions) -> dict[str, Any]:
    """Profile facts the turn states, by field."""
    money = [said.pounds for said in money_said(text) if said.limit]
    prior = prior_learning(text, mentions)
    target = target_award(text, mentions)
    wanted = _wanted_occupation(text, mentions)
    home = _only_place(text, mentions) or any(place.kind == "place" and _lives(text, place) for place in mentions.all)
    values: dict[str, Any] = {
        "occupation": wanted,
        "target_award": target,
        "nation": mentions.nation if home else None,
        "age": age_said(text),
        "budget_gbp": money[-1] if money else None,
        "hours_per_week": hours_a_week(text),
        "weeks_available": weeks_available(text),
        "prior_learning": prior or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _wanted_occupation(text: str, mentions: Mentions) -> str | None:
    """The occupation aimed for: the last one that is not said to be the present work."""
    for mention in reversed(mentions.all):
        if mention.kind == "occupation" and not re.search(
            r"(?:i\s+am|i'?m|am|work\s+as|working\s+as|currently|now|been)\s+(?:an?\s+)?(?:\w+\s+)?$",
            text[: mention.start],
            re.I,
        ):
            return mention.record_id
    return None


def target_award(text: str, mentions: Mentions) -> str | None:
    """The award aimed for: one named after "towards", "for", "need for", "get" and the like."""
    for mention in mentions.all:
        if mention.kind == "award" and TOWARDS.search(text[: mention.start]):
            return mention.record_id
    return None


def prior_learning(text: str, mentions: Mentions) -> tuple[PriorLearning, ...]:
    """What the learner says they have already studied, clause by clause; nothing is filled in that was not said."""
    return tuple(item for _, item in _prior_by_clause(text, mentions))


def _prior_by_clause(text: str, mentions: Mentions) -> list[tuple[Span, PriorLearning]]:
    items = []
    goal = target_award(text, mentions)
    for start, end in _clauses(text):
        clause = text[start:end]
        if not HAVE.search(text[:end]) or ASKS.search(clause):
            continue
        named = [m for m in mentions.all if start <= m.start < end]
        awards = [m for m in named if m.kind == "award" and m.record_id != goal]
        amounts = credits_said(clause)
        own = [m for m in named if m.kind == "course"]
        module = re.search(r"\b(?:modules?|microcredentials?|certificates?|units?)\b", clause, re.I)
        if not (awards or own or amounts or (module and any(m.kind == "provider" for m in named))):
            continue
        items.append((Span(start, end), _prior_item(clause, awards, own, amounts, named)))
    return items


def _prior_item(
    clause: str, awards: list[Mention], own: list[Mention], amounts: tuple[CreditSaid, ...], named: list[Mention]
) -> PriorLearning:
    levels, years = levels_said(clause), years_said(clause)
    amount = amounts[0] if amounts else None
    level = levels[0] if levels else None
    providers = [m.record_id for m in named if m.kind == "provider"]
    title = " ".join(m.said for m in (*awards, *own)) or _short_title(clause)
    return PriorLearning(
        title=title,
        credits=Decimal(amount.points.numerator) / Decimal(amount.points.denominator) if amount else None,
        system=(amount.system or CreditSystem.CATS).value if amount else None,
        level=level.number if level else None,
        framework=level.level.framework.value if level else None,
        year=years[0][0] if years else None,
        awarding_body=providers[0] if providers else None,
    )


def _clauses(text: str) -> list[tuple[int, int]]:
    """Stretches between commas, "and", "plus" and full stops, as (start, end)."""
    edges = [0]
    for match in re.finditer(r"[,.;?!]\s|\s(?:and|plus|\+|&)\s", text, re.I):
        edges += [match.start(), match.end()]
    edges.append(len(text))
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]


def _short_title(clause: str) -> str:
    words = re.sub(r"^\W*(?:i'?ve\s+got|i\s+have|i'?ve|i\s+did|got|an?|the|my|with)\s+", "", clause.strip(), flags=re.I)
    return words[:60].strip(" .,?!")
