"""How a question becomes an answer. Read this first: seven steps, each a function of its own module.

screen -> read -> gather -> reason -> write -> gate      (render, the seventh, is in `ui`)
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Claim, ClaimKind, Draft, Outcome, fault_of, gate
from assistant.answer import Audience as Audience
from assistant.follow import AS_IT_IS, ASKS_WHAT_IS_KNOWN, SUPPOSING, Earlier, swaps_subject
from assistant.impersonal import without_postcodes
from assistant.limits import in_force, limit_words
from assistant.llm import ChatModel, LanguageModel, ModelUnavailable
from assistant.needs import Need
from assistant.profile import LearnerProfile
from assistant.quantities import hours_a_week
from assistant.reading import Reading
from assistant.reason import gather, narrowed, reason
from assistant.referral import Referral, screen
from assistant.rewording import reworded
from assistant.scheme_names import schemes_named
from assistant.sentences import LONGEST_MESSAGE, Embedded, clean
from assistant.settings import Settings
from assistant.shelf import Library, Shelf
from assistant.told import CORRECTS, put_right_by_number, put_right_credits, supposes_study
from assistant.understanding import Found, checked, understand
from assistant.writing import knows_nothing, write, write_referral
from corpus.embedding import Embedder

Watch = Callable[[str], object]
"""Called with a plain sentence as each step starts, so that a page can show progress."""
Show = Callable[[Claim], object]
"""Called with each claim that may be shown, in order, as soon as it is known; only if a model words the answer."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one person's session holds between turns; nothing of it is shared with another."""

    profile: LearnerProfile = field(default_factory=LearnerProfile)
    turns: int = 0
    earlier: Earlier | None = None
    """What a short follow-up points back to."""
    audience: Audience = Audience.LEARNER
    lifted: frozenset[str] = frozenset()
    """Names of limits that the learner took off the last search."""
    asked: frozenset[str] = frozenset()
    """What was asked back already (`reason.Question`): nothing is asked twice."""
    set_aside: LearnerProfile | None = None
    """The profile before somebody else was meant, to come back to."""
    supposed: LearnerProfile | None = None
    """The profile with what was supposed ("what if I moved?"), for the turns that go on with it; the profile itself stays."""

    @property
    def limits(self) -> Mapping[str, str]:
        """The hard limits on the last search in plain words, by name; see `without_limit`."""
        if self.earlier is None:
            return {}
        return limit_words(in_force(self.earlier.constraints, self.profile, self.lifted))

    def with_profile(self, profile: LearnerProfile) -> Conversation:
        return replace(self, profile=profile)

    def with_audience(self, audience: Audience) -> Conversation:
        return replace(self, audience=audience)

    def without_limit(self, name: str) -> Conversation:
        """The conversation with one limit of the last search taken off; `Adviser.again` then searches without it."""
        return replace(self, lifted=self.lifted | {name})


@dataclass(frozen=True, slots=True)
class Advice:
    """One turn answered: the answer, the conversation after it, and how long each step took in milliseconds."""

    answer: Answer
    conversation: Conversation
    timings_ms: dict[str, float]
    model: str
    corpus: str


def open_adviser(settings: Settings, embedder: Embedder) -> Adviser:
    """An adviser over the index in `settings.home`, with the model that is configured, if any.

    Raises `ModelUnavailable` if the model cannot be set up. The index itself is opened at the first turn.
    """
    return Adviser(Shelf(settings.home, embedder), ChatModel(settings.model) if settings.model else None)


def _unwatched(step: object) -> None:
    """The default watcher: nobody is looking."""


class Adviser:
    """Answers turns. One per process; it keeps nothing of any conversation."""

    def __init__(self, shelf: Shelf, model: LanguageModel | None = None) -> None:
        self.shelf = shelf
        self._model = model

    def advise(
        self,
        message: str,
        conversation: Conversation | None = None,
        *,
        watch: Watch = _unwatched,
        show: Show = _unwatched,
    ) -> Advice:
        """One turn. Raises `IndexProblem` if there is no usable index; any message at all gets an answer."""
        before = conversation or Conversation()
        library = self.shelf.current()
        clock = _Clock()

        watch("Reading your question…")
        text = clean(message)
        if not text:
            return self._closed(EMPTY, before, library, clock)
        embedded = library.reader.embedded()
        referral = _screened(text, embedded, before, library)
        if referral is not None and referral.urgent:
            return self._closed(write_referral(referral.cards, refuses=referral.refuses), before, library, clock)
        found, missed = self._understood(text, library)

        def turn(*, must_follow: bool) -> Advice:
            reading = library.reader.read(text, before.earlier, embedded=embedded, found=found, must_follow=must_follow)
            reading = replace(reading, constraints=narrowed(reading, library.catalogue))
            reading = _corrected(reading, before.profile)
            after = _told(before, reading)
            profile = after.supposed or after.profile
            reading = _placed(reading, profile, embedded)
            lifted = before.lifted - set(reading.constraints.names()) if reading.follows else frozenset()
            clock.lap("read")
            now = replace(after, profile=profile, lifted=lifted)
            answered = self._answered(reading, now, referral, library, clock, watch, show)
            return replace(answered, conversation=replace(answered.conversation, profile=after.profile))

        back = (before.set_aside or before.supposed) is not None and AS_IT_IS.search(text) is not None
        advice = turn(must_follow=back and before.earlier is not None and ASKS_WHAT_IS_KNOWN.search(text) is None)
        if before.earlier is not None and knows_nothing(advice.answer):
            # "And before any caps?" means nothing by itself.
            advice = turn(must_follow=True)
        return advice if missed is None else _read_by_rules(advice, missed)

    def again(self, conversation: Conversation, *, watch: Watch = _unwatched, show: Show = _unwatched) -> Advice:
        """The last question that stood alone, answered anew with the profile, limits and audience as they are now.

        Nothing is read from it a second time into the profile: what was changed by hand stays changed.
        """
        library = self.shelf.current()
        clock = _Clock()
        if conversation.earlier is None:
            return self._closed(EMPTY, conversation, library, clock)
        watch("Looking again…")
        earlier = conversation.earlier
        embedded = library.reader.embedded()
        reading = library.reader.read(earlier.message, embedded=embedded)
        if conversation.profile.get("nation") is not None:
            # Where they live was told, and may have been put right since; the profile knows.
            reading = replace(reading, mentions=reading.mentions.without("place"))
        reading = replace(reading, constraints=earlier.constraints)
        referral = _screened(earlier.message, embedded, conversation, library)
        clock.lap("read")
        return self._answered(reading, conversation, referral, library, clock, watch, show)

    def _answered(
        self,
        reading: Reading,
        now: Conversation,
        referral: Referral | None,
        library: Library,
        clock: _Clock,
        watch: Watch,
        show: Show,
    ) -> Advice:
        """A reading, answered: `now` holds what is known by this turn."""
        watch(f"Checking {len(library.catalogue.courses)} courses and {len(library.catalogue.cards)} rules…")
        limits = in_force(reading.constraints, now.profile, now.lifted)
        gathered = gather(reading, limits, library)
        clock.lap("gather")

        findings = reason(reading, now.profile, gathered, library, datetime.datetime.now(tz=datetime.UTC).year)
        if findings.question in now.asked:
            findings = replace(findings, question=None)
        clock.lap("reason")

        watch("Writing it down…")
        draft = write(findings, now.audience)
        if referral is not None:
            draft = _led_by(write_referral(referral.cards), draft)
        if reading.cut:
            draft = replace(draft, notices=(*draft.notices, CUT))
        clock.lap("write")

        # "Twelve weeks" was said in words; what was read from it may be repeated in figures.
        said = f"{reading.message} {'; '.join((*findings.noted, *(findings.known or ())))}"
        answer = gate(draft, _names(library), said)
        clock.lap("gate")
        answer = self._reworded(answer, now, said, library, show)
        clock.lap("write")
        asked = now.asked | ({findings.question} if findings.question and answer.questions else set())
        after = replace(now, turns=now.turns + 1, earlier=_remembered(now, reading, answer), asked=asked)
        return Advice(answer, after, clock.timings(), self._model_name, library.catalogue.digest)

    @property
    def _model_name(self) -> str:
        return "none" if self._model is None else self._model.name

    def _understood(self, text: str, library: Library) -> tuple[Found | None, ModelUnavailable | None]:
        """What the model reads in a message, as far as the message bears it out; or why there is nothing of it."""
        if self._model is None:
            return None, None
        message = without_postcodes(text)[:LONGEST_MESSAGE]
        try:
            return checked(understand(message, self._model), message, library.reader.gazetteer), None
        except ModelUnavailable as failure:
            return None, failure

    def _reworded(self, answer: Answer, now: Conversation, said: str, library: Library, show: Show) -> Answer:
        """The answer in the model's words if there is a model. An adviser's terse one is left as it is."""
        if self._model is None or answer.outcome is not Outcome.ADVISED or now.audience is Audience.ADVISER:
            return answer
        names = _names(library)
        return reworded(answer, said, self._model, lambda claim: fault_of(claim, names, said), show)

    def _closed(self, draft: Draft, before: Conversation, library: Library, clock: _Clock) -> Advice:
        """An answer that needs no reading: the profile stays as it was."""
        clock.lap("write")
        answer = gate(draft, _names(library))
        clock.lap("gate")
        return Advice(
            answer, replace(before, turns=before.turns + 1), clock.timings(), self._model_name, library.catalogue.digest
        )


CUT = f"Your message was long: only its first {LONGEST_MESSAGE:,} characters were read."

EMPTY = Draft(
    Outcome.ASK_FIRST,
    (
        Claim(
            "I did not get a question. Tell me what you would like to learn or become, and I will look.",
            ClaimKind.ADVICE,
        ),
    ),
)


MOST_PLAIN = 10
LEAST_FELT = 4
"""Words a sentence needs for its meaning to call for a referral: "I'm Hindu." says who someone is, and nothing more."""


def _screened(text: str, embedded: Embedded, conversation: Conversation, library: Library) -> Referral | None:
    """The referral a message calls for, by its words or by what its sentences mean."""
    clauses, vectors = embedded.clauses(text, least=LEAST_FELT)
    # "I have 10 hours a week" tells how much time there is; it is no worry about benefits.
    plain = [hours_a_week(clause) is not None and len(clause.split()) <= MOST_PLAIN for clause in clauses]
    about_study = [library.reader.names_ours(clause) for clause in clauses]
    felt = library.distress.calls_for(clauses, vectors, plain, about_study)
    return screen(text, library.catalogue, conversation.profile.get("nation"), felt)


def _read_by_rules(advice: Advice, failure: ModelUnavailable) -> Advice:
    """The advice with a notice that no model helped to read, unless one already says the same of its words."""
    notices = advice.answer.notices
    if any(str(failure) in notice for notice in notices):
        return advice
    notice = f"Your message was read without the language model: {failure}."
    return replace(advice, answer=replace(advice.answer, notices=(*notices, notice)))


def _led_by(referral: Draft, draft: Draft) -> Draft:
    """The referral first, then what else can be said about the turn. A word on personal details turns nobody away."""
    only_asks_for_care = all(
        source.record_id == "refer-personal-details" for claim in referral.claims for source in claim.cites
    )
    answers = any(claim.cites for claim in draft.claims)
    return replace(
        draft,
        outcome=(draft.outcome if answers else Outcome.ADVISED) if only_asks_for_care else Outcome.REFERRED,
        claims=referral.claims + tuple(claim for claim in draft.claims if claim not in referral.claims and claim.cites),
        ask_others=tuple(dict.fromkeys(referral.ask_others + draft.ask_others)),
        core=len(referral.claims),
    )


def _names(library: Library) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(
        mention.said
        for mention in library.reader.gazetteer.find(text).all
        if mention.kind in ("course", "award", "provider")
    )


def _remembered(before: Conversation, reading: Reading, answer: Answer) -> Earlier | None:
    """The last message that said what it was about, with what follow-ups have asked of courses since."""
    listed = [
        source.record_id for claim in answer.claims if claim.bullet for source in claim.cites if source.kind == "course"
    ]
    shown = tuple(dict.fromkeys(listed))
    earlier = before.earlier
    if earlier is not None and (reading.follows or reading.needs[0][0] is Need.SMALL_TALK):
        constraints = reading.constraints if reading.follows else earlier.constraints
        seen = tuple(dict.fromkeys((*earlier.seen, *shown)))
        message = (
            reading.message if reading.follows and swaps_subject(reading.message, reading.mentions) else earlier.message
        )
        return replace(earlier, message=message, constraints=constraints, shown=shown or earlier.shown, seen=seen)
    if reading.needs[0][0] is Need.SMALL_TALK:
        return None
    named = [source.record_id for claim in answer.claims for source in claim.cites if source.kind == "course"]
    shown = shown or tuple(dict.fromkeys(named))
    # A follow-up to an audit is about adding up, whatever the words it began with.
    needs = ((Need.STACK, 1.0), *reading.needs) if answer.pathways else reading.needs
    return Earlier(
        reading.message,
        reading.constraints,
        needs,
        shown or (earlier.shown if earlier else ()),
        shown,
        reading.tells_only,
    )


def _corrected(reading: Reading, known: LearnerProfile) -> Reading:
    """A turn that puts right a number by itself tells that fact, and asks nothing."""
    mended = put_right_credits(reading.message, known)
    if mended is not None:
        return replace(reading, facts={"prior_learning": (mended,)}, tells_only=True)
    if reading.facts or reading.credits or CORRECTS.search(reading.message) is None:
        return reading
    facts = put_right_by_number(reading.message, known)
    return replace(reading, facts=facts, tells_only=True) if facts else reading


def _placed(reading: Reading, profile: LearnerProfile, embedded: Embedded) -> Reading:
    """A question on money with where they live beside it, if that was said in another turn: each nation has its own answer."""
    nation = profile.get("nation")
    about_money = reading.need(Need.FUND) or bool(schemes_named(" ".join(reading.queries)))
    if nation is None or not about_money or reading.mentions.nation is not None:
        return reading
    queries = tuple(f"I live in {nation}. {query}" for query in reading.queries)
    return replace(reading, queries=queries, vectors=embedded.of(queries))


def _told(before: Conversation, reading: Reading) -> Conversation:
    """The conversation with what this turn told. What is only supposed stays beside the profile, as long as turns go on with it;
    "back to me" comes back to it, and from somebody else to oneself."""
    back = AS_IT_IS.search(reading.message) is not None
    if back and before.supposed is None and before.set_aside is not None:
        own = _profile_after(before.set_aside, reading, before.turns + 1)
        return replace(before, profile=own, set_aside=None)
    supposes_credit = supposes_study(reading.message) and "prior_learning" in reading.facts
    supposes = supposes_credit or (SUPPOSING.search(reading.message) is not None and bool(reading.facts))
    goes_on = before.supposed is not None and reading.follows and not back
    if supposes or goes_on:
        ground = before.supposed if goes_on and before.supposed is not None else before.profile
        return replace(before, supposed=_profile_after(ground, reading, before.turns + 1))
    set_aside = before.set_aside or before.profile if reading.new_person else before.set_aside
    profile = _profile_after(before.profile, reading, before.turns + 1)
    return replace(before, profile=profile, set_aside=set_aside, supposed=None)


def _profile_after(before: LearnerProfile, reading: Reading, turn: int) -> LearnerProfile:
    """The profile with what the turn told, less what it asked to forget; empty first if somebody else is meant now."""
    known = LearnerProfile() if reading.new_person else before.without(*reading.forgets)
    supposed = " (what if)" if SUPPOSING.search(reading.message) else ""
    correcting = CORRECTS.search(reading.message) is not None
    return known.with_facts(reading.facts, f"turn {turn}{supposed}", correcting=correcting)


class _Clock:
    """Times the steps of one turn."""

    STEPS = ("read", "gather", "reason", "write", "gate")

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self._laps[step] = self._laps.get(step, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> dict[str, float]:
        """Milliseconds for each step (0 if it was not needed) and in all."""
        steps = {step: round(self._laps.get(step, 0.0), 2) for step in self.STEPS}
        return {**steps, "total": round((self._last - self._start) * 1000, 2)}
