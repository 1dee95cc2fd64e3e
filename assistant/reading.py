"""A turn -> Reading: what is asked, what must hold, and what was said about the learner. Rules and a small classifier.

Quantities are parsed by grammar (`quantities.py`), names by the corpus's own gazetteer, limits on courses in `wanted.py`, facts
about the learner in `told.py`, pointing back in `follow.py`, needs by `needs.py`. Nothing is inferred beyond what was said: a
budget that is not mentioned stays unknown.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assistant.follow import (
    ASKS_WHAT_IS_KNOWN,
    BECAUSE,
    NOT_SUBJECT,
    POINTS_BACK,
    WHY_NOT,
    Earlier,
    Narrowing,
    names_limits_only,
    names_no_subject,
    narrowing,
    referred,
    stands_alone,
    swaps_subject,
)
from assistant.gazetteer import Gazetteer, Mentions
from assistant.impersonal import impersonal, without_postcodes
from assistant.limits import Constraints
from assistant.needs import Need, NeedClassifier
from assistant.quantities import CreditSaid, LevelSaid, Span, credits_said, levels_said, target_system
from assistant.sentences import (
    ASKING,
    LONGEST_MESSAGE,
    LONGEST_QUERY,
    Embedded,
    asks_inside,
    clean,
    sentences_of,
    spelled_out,
)
from assistant.told import (
    HAVE,
    about_somebody_else,
    facts_told,
    forgotten,
    level_of_award,
    postgraduate,
    prior_by_clause,
)
from assistant.understanding import Found, beside, needs_beside
from assistant.wanted import FREE, limits_said, mode_said
from corpus.credit import CreditSystem
from corpus.embedding import Embedder, Vectors

SEARCHED = 0.35
"""Least probability of a search for it to count as one where it is the likeliest need."""
SEARCHES, SURELY_SEARCHES = 0.45, 0.7
"""Least probability for a sentence without a verb of asking to be taken for a search, alone and beside a question."""
SURE_TO_SEARCH = 0.85
"""Least probability for a message that tells facts and names no course to look for one ("want psychology from home, £2,000")."""
LEARNING = re.compile(
    r"\b(?:cours\w*|modul\w*|degree\w*|credits?|certificat\w*|diploma\w*|mooc\w*|stud(?:y|ied|ying)|qualif\w*|universit\w*|uni|college|"
    r"unemployed|career\w*|retrain\w*|learn\w*|interested|thinking|hoping|trying|money|broke|skint)\b",
    re.I,
)
"""Words that make a clause about study or work rather than about the person."""
TELLS = re.compile(
    r"\b(?:i'?m|im|i\s+am|i\s+live|i\s+work|based\s+in|working\s+as|my\s+(?:limit|budget|age|job|goal)|budget|limit\s+is)\b",
    re.I,
)
"""A sentence about the person, which asks for nothing by itself."""
COURSE_NOUN = re.compile(
    r"\b(?:cours\w*|class(?:es)?|modules?|units?|cert(?:s|ificates?)?|diplomas?|training|degrees?|micro-?credentials?|qualifications?|bootcamps?|workshops?)\b",
    re.I,
)
"""With one of these a message without a verb of asking may still be a wish for a course."""
SCHEME = re.compile(
    r"\b(?:(?i:lle|fcfj|ptfg|saas)|lifelong\s+(?:learning|loan)\w*|FCFJ|free\s+courses\s+for\s+jobs|ITAs?|PLAs?|PTFG|SAAS|ReAct\+?|springboard\+?|skill\s*up|"
    r"(?:student|learner|master'?s|postgraduate|government|gov)\s+loans?|student\s+finance|bursar\w+|grants?|scheme|personal\s+learning\s+account)\b"
)
"""Names of what pays for study. "My dad wants the LLE for a full course" asks about the loan, not for a course."""
LEANING_WORDS = 6
"""A sentence of no more words, that names nothing and leans on the one before it, is read together with that one."""
LEANING = re.compile(
    r"\b(?:it|its|that|they|them|their|this|these|those|he|she|him|her|i|there|so|true|right|ok|legit)\b", re.I
)
YES_OR_NO = re.compile(
    r"(?:^|[.?!,;]\s+|\b(?:and|so|but)\s+)(?:can|could|will|would|do|does|did|is|are|am|should|has|have|must|may|isn'?t|doesn'?t|won'?t|can'?t)\b",
    re.I,
)


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
    only_courses: tuple[bool, ...]
    """For each query, whether it asks for courses and nothing else."""
    mentions: Mentions
    credits: tuple[CreditSaid, ...]
    levels: tuple[LevelSaid, ...]
    target_system: CreditSystem | None
    constraints: Constraints
    facts: Mapping[str, Any] = field(default_factory=dict)
    cut: bool = False
    follows: bool = False
    """Whether it was read together with an earlier message."""
    tells_only: bool = False
    """Whether it asks nothing: it tells a fact, or asks to forget one."""
    referred: tuple[str, ...] = ()
    """Courses shown before that the turn points at ("the second one", "does it count?")."""
    shown: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    """Courses shown last, and all shown since the search began."""
    narrowing: frozenset[Narrowing] = frozenset()
    why_not: bool = False
    no_subject: bool = False
    """Whether courses are asked for by limits alone ("anything online at level 7")."""
    asks_what_is_known: bool = False
    """Whether it asks what is known about the person."""
    forgets: frozenset[str] = frozenset()
    """Profile fields to forget."""
    new_person: bool = False
    """Whether it is now about somebody else, of whom nothing is known yet."""

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

    def read(
        self,
        message: str,
        earlier: Earlier | None = None,
        today: datetime.date | None = None,
        embedded: Embedded | None = None,
        found: Found | None = None,
        *,
        must_follow: bool = False,
    ) -> Reading:
        """`earlier` is what a short follow-up ("only online") is read together with, and with `must_follow` any turn;
        `today` dates "starting in May";
        `embedded` holds what of this turn was embedded before; `found` is what a model made of the message: it fills what
        the rules leave open and says again what is asked."""
        embedded = embedded or self.embedded()
        text = without_postcodes(clean(message))
        cut = len(text) > LONGEST_MESSAGE
        text = text[:LONGEST_MESSAGE]
        mentions = self.gazetteer.find(text)
        found = found or Found()
        searched = impersonal(" ".join((f"{text}.", *found.asked) if found.asked else (text,)), self._names_something)
        told, forgets = facts_told(text, mentions, self.gazetteer.catalogue), forgotten(text) or frozenset()
        asked, asks = self._asks(searched, embedded, wishes=not (told and TELLS.search(text)))
        whole = (searched[:LONGEST_QUERY],)
        needs = _strongest(asks) if asked else self._classifier.needs(whole, embedded.of(whole))
        tells_only = not asked and bool(told or forgets) and not _wants_a_course(text, needs)
        if told or forgets or _is_about_study(text, earlier) or self.names_ours(text, mentions):
            needs = _about_study(needs)
        swaps = swaps_subject(text, mentions)
        before = _leans_on(earlier, text, mentions, must=must_follow or tells_only)
        if before and (names_no_subject(text, mentions) or tells_only or must_follow or swaps):
            needs = before.needs or needs
        if needs[0][0] is Need.SMALL_TALK:
            before = None
        queries = self._queries(searched, asked) if before is None else _together(before, text, tells_only=tells_only)
        limits = self._constraints(
            text,
            mentions,
            needs,
            _beside_a_search(text, asked, asks),
            today or datetime.datetime.now(tz=datetime.UTC).date(),
        )
        # A model changes no limit that the rules read, in this turn or before.
        unused = earlier is not None and not earlier.shown
        kept = before or (earlier if unused and needs[0][0] is Need.SEARCH else None)
        # "Must be online", said before anything was looked for, holds for what is looked for next.
        filled = beside(found, limits if kept is None else kept.constraints.changed_by(limits), told)
        searching = tuple(map(_searches, asks)) if before is None and asked else ()
        about = [query for query, search in zip(queries, searching, strict=False) if search] or queries
        if before is not None:
            about = (text if swaps else before.message,)
        subjects = tuple(map(self._subject, about))
        embedded.of((*queries, *subjects))
        return Reading(
            message=text,
            queries=queries,
            vectors=embedded.of(queries) if before is None or tells_only else _leant(embedded.of((queries[0], text))),
            subjects=subjects,
            subject_vectors=embedded.of(subjects),
            needs=needs if before else needs_beside(needs, found),
            only_courses=searching if len(searching) == len(queries) else (False,) * len(queries),
            mentions=mentions,
            credits=credits_said(text),
            levels=levels_said(text),
            target_system=target_system(text),
            constraints=filled.constraints,
            facts=filled.facts,
            cut=cut,
            follows=before is not None,
            tells_only=tells_only,
            referred=(referred(text, earlier.shown) or found.among(earlier.shown)) if earlier else (),
            shown=earlier.shown if earlier else (),
            seen=earlier.seen if earlier else (),
            narrowing=narrowing(text) if before else frozenset(),
            no_subject=before is None and all(map(names_limits_only, subjects)),
            asks_what_is_known=ASKS_WHAT_IS_KNOWN.search(text) is not None,
            why_not=WHY_NOT.search(text) is not None,
            forgets=forgets,
            new_person=about_somebody_else(text),
        )

    def embedded(self) -> Embedded:
        """A place for the vectors of one turn."""
        return Embedded(self._embedder)

    def _constraints(
        self,
        text: str,
        mentions: Mentions,
        needs: tuple[tuple[Need, float], ...],
        elsewhere: list[Span],
        today: datetime.date,
    ) -> Constraints:
        """`elsewhere`: stretches of the message that ask for something else than courses."""
        held = [*elsewhere, *(span for span, _ in prior_by_clause(text, mentions, self.gazetteer.catalogue))]
        looking = any(need in (Need.SEARCH, Need.COMPARE) for need, _ in needs)
        levels = levels_said(text) or level_of_award(text, mentions, self.gazetteer.catalogue) or postgraduate(text)
        return limits_said(text, mentions, credits_said(text), levels, held, today, looking=looking)

    def _asks(
        self, text: str, embedded: Embedded, *, wishes: bool
    ) -> tuple[tuple[str, ...], tuple[tuple[tuple[Need, float], ...], ...]]:
        """The sentences that ask for something, in order, each with its needs. One without a verb of asking counts where it
        reads like a search ("machine learning certificate in Ireland, level 9"), unless the message tells of a person (`wishes`)."""
        sentences = sentences_of(text)
        if not sentences:
            return (), ()
        vectors = embedded.of(sentences)
        read: list[tuple[str, tuple[tuple[Need, float], ...], bool]] = []
        for place, (sentence, vector) in enumerate(zip(sentences, vectors, strict=True)):
            seen = sentence
            if place and len(sentence.split()) <= LEANING_WORDS and self._leans(sentence):
                # "Is he right?" by itself is small talk; after what somebody said, it asks whether that is so.
                seen = f"{sentences[place - 1]} {sentence}"
                (vector,) = embedded.of((seen,))
            needs = _of_a_scheme(seen, self._classifier.needs((seen,), vector[np.newaxis]))
            asks = ASKING.search(sentence) is not None or asks_inside(sentence)
            wish = wishes and needs[0][0] is Need.SEARCH and needs[0][1] >= SEARCHES and not HAVE.search(sentence)
            if asks or wish:
                read.append((sentence, needs, asks))
        # Beside a question, what only may be a wish tells what the question is about.
        sure = [entry for entry in read if entry[2] or entry[1][0][1] >= SURELY_SEARCHES]
        kept = sure or read
        return tuple(sentence for sentence, _, _ in kept), tuple(needs for _, needs, _ in kept)

    def _queries(self, text: str, asked: tuple[str, ...]) -> tuple[str, ...]:
        """What to search for: each thing asked, with what was told beside it as far as that is about study or work."""
        if not asked:
            return (spelled_out(text)[:LONGEST_QUERY],)
        sentences = sentences_of(text)
        told = [
            sentence
            for sentence in sentences
            if sentence not in asked and (self._names_something(sentence) or self.gazetteer.find(sentence).nation)
        ]
        before = dict(zip(sentences[1:], sentences, strict=False))
        return tuple(
            spelled_out(
                " ".join(dict.fromkeys((*told, *((before[one],) if one in before and self._leans(one) else ()), one)))
            )[-LONGEST_QUERY:]
            for one in asked
        )

    def _leans(self, sentence: str) -> bool:
        """Whether a question says "it" or "they" and names nothing: it is about what was asked before it."""
        named = any(mention.kind not in ("place", "unknown_name") for mention in self.gazetteer.find(sentence).all)
        return LEANING.search(sentence) is not None and not named

    def _names_something(self, fragment: str) -> bool:
        named = any(mention.kind != "place" for mention in self.gazetteer.find(fragment).all)
        return named or bool(credits_said(fragment) or levels_said(fragment)) or LEARNING.search(fragment) is not None

    def names_ours(self, text: str, mentions: Mentions | None = None) -> bool:
        """Whether a text names a course, an award, a provider, an amount of credit, a level or a scheme that pays."""
        found = self.gazetteer.find(text) if mentions is None else mentions
        named = any(mention.kind in ("course", "award", "provider") for mention in found.all)
        return named or bool(credits_said(text) or levels_said(text)) or SCHEME.search(text) is not None

    def _subject(self, query: str) -> str:
        """The query without words that say where, how or for how much; whole again if nothing is left."""
        for mention in reversed(self.gazetteer.find(query).all):
            if mention.kind == "place":
                query = query[: mention.start] + query[mention.end :]
        return " ".join(NOT_SUBJECT.sub(" ", BECAUSE.sub(" ", query)).split()).strip(" ,.?!") or query


def _wants_a_course(text: str, needs: tuple[tuple[Need, float], ...]) -> bool:
    """Whether a message that asks nothing looks for a course all the same: "I have a degree" names one, and looks for none."""
    looks = needs[0][0] is Need.SEARCH and needs[0][1] >= SURE_TO_SEARCH
    return looks or (COURSE_NOUN.search(text) is not None and HAVE.search(text) is None)


def _is_about_study(text: str, earlier: Earlier | None) -> bool:
    """Whether a message is no small talk, by what it asks for: a limit on courses, what is known, or on with what went before."""
    asks_on = earlier is not None and (WHY_NOT.search(text) or (POINTS_BACK.search(text) and "?" in text))
    limited = mode_said(text) is not None or FREE.search(text) is not None
    return bool(asks_on) or limited or ASKS_WHAT_IS_KNOWN.search(text) is not None


def _leans_on(earlier: Earlier | None, text: str, mentions: Mentions, *, must: bool) -> Earlier | None:
    """What a turn goes on with. One that only told something asked nothing that a further one could go on with."""
    if earlier is None or earlier.told:
        return None
    return earlier if must or not stands_alone(text, mentions) else None


def _leant(vectors: Vectors) -> Vectors:
    """A follow-up's own meaning in equal parts with that of it and what it leans on, (1, dim)."""
    mean: Vectors = vectors.mean(axis=0, keepdims=True)
    return mean / np.linalg.norm(mean)


def _together(earlier: Earlier, text: str, *, tells_only: bool) -> tuple[str, ...]:
    """A follow-up with the message it points back to; a fact told later asks the same again."""
    return (earlier.message[:LONGEST_QUERY],) if tells_only else (f"{earlier.message[:300]} {text}",)


def _about_study(needs: tuple[tuple[Need, float], ...]) -> tuple[tuple[Need, float], ...]:
    """The needs of a message that names something of ours: it is no small talk, and not out of scope."""
    ours = tuple(pair for pair in needs if pair[0] not in (Need.SMALL_TALK, Need.OUT_OF_SCOPE))
    return ours or ((Need.EXPLAIN, needs[0][1]),)


def _of_a_scheme(sentence: str, needs: tuple[tuple[Need, float], ...]) -> tuple[tuple[Need, float], ...]:
    """The needs of a sentence; where it names a scheme that pays for study, that comes before any search."""
    if needs[0][0] is not Need.SEARCH or SCHEME.search(sentence) is None:
        return needs
    return ((Need.FUND, needs[0][1]), *((need, likely) for need, likely in needs[1:] if need is not Need.FUND))


def _beside_a_search(text: str, asked: tuple[str, ...], asks: tuple[tuple[tuple[Need, float], ...], ...]) -> list[Span]:
    """Where a message that asks for courses asks for something else: "any psychology modules? what is 60 ECTS?" """
    searches = list(map(_searches, asks))
    if not any(searches):
        return []
    others = [sentence for sentence, search in zip(asked, searches, strict=True) if not search]
    return [Span(start, start + len(other)) for other in others if (start := text.find(other)) >= 0]


def _searches(needs: tuple[tuple[Need, float], ...]) -> bool:
    return needs[0][0] is Need.SEARCH and needs[0][1] >= SEARCHED


def _strongest(asks: tuple[tuple[tuple[Need, float], ...], ...]) -> tuple[tuple[Need, float], ...]:
    """The needs over every sentence, each with its highest probability, likeliest first."""
    best: dict[Need, float] = {}
    for needs in asks:
        for need, likely in needs:
            best[need] = max(best.get(need, 0.0), likely)
    return tuple(sorted(best.items(), key=lambda entry: -entry[1]))
