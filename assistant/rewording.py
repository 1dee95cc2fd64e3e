"""Checked claims in a model's words, sentence by sentence as they come. What it leaves out or gets wrong stays in plain words.

The model can only say again what a claim says: each of its sentences must rest on claims, cite what they cite, pass the claim
gate against their words, and keep their doubts. So however a reply came about, it moves no fact and loses none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answer import Answer, Claim, ClaimKind, Dropped
from assistant.evidence import Evidence
from assistant.llm import LanguageModel
from assistant.model_faults import Fault, ModelUnavailable, fault_of_text
from assistant.prompting import fill_prompt

LONGEST_QUESTION = 1_000
LONGEST_OBJECT = 2_000
"""Characters of one sentence with its statement ids, as JSON."""

Check = Callable[[Claim], str | None]
"""The claim gate: why a claim may not be shown, or `None`."""


class Sentence(BaseModel):
    """One line of the model's reply."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=400)
    statements: list[str] = Field(min_length=1, max_length=12)


def _unseen(claim: Claim) -> object:
    """The default watcher of claims: nobody is looking."""


def reworded(
    answer: Answer, question: str, model: LanguageModel, check: Check, show: Callable[[Claim], object] = _unseen
) -> Answer:
    """A gated answer in the model's words. `show` is given each claim as soon as it may be seen, in order.

    Never raises for the model: what it fails to say stays as it was, and a notice says so.
    """
    claims: list[Claim] = []
    dropped: list[Dropped] = []
    notices: list[str] = []
    for step in reworded_stream(answer.claims, question, model, check):
        match step:
            case Claim():
                claims.append(step)
                show(step)
            case Dropped():
                dropped.append(step)
            case ModelUnavailable():
                notices.append(f"Plain wording was used: {step}.")
    evidence = tuple(dict.fromkeys(source for claim in claims for source in claim.cites))
    return replace(
        answer,
        claims=tuple(claims),
        evidence=evidence,
        dropped=answer.dropped + tuple(dropped),
        notices=answer.notices + tuple(notices),
    )


def reworded_stream(
    claims: Sequence[Claim], question: str, model: LanguageModel, check: Check
) -> Iterator[Claim | Dropped | ModelUnavailable]:
    """Every claim to show, in order, as soon as it is known; between them what was dropped, and the fault if the model
    failed. List items stay as they are: they are records, not prose."""
    telling = _Telling(claims, check)
    if telling.statements:
        try:
            yield from telling.told_by(model, question)
        except ModelUnavailable as failure:
            yield failure
    yield from telling.up_to(len(claims))


class _Telling:
    """Which claims have been told so far, by the model or in their own words."""

    def __init__(self, claims: Sequence[Claim], check: Check) -> None:
        self._claims = claims
        self._check = check
        prose = [place for place, claim in enumerate(claims) if not claim.bullet]
        cited = any(claims[place].cites for place in prose)
        self.statements = {f"S{number}": place for number, place in enumerate(prose, start=1)} if cited else {}
        self._said: dict[int, list[str]] = {}
        self._plain: set[int] = set()
        self._heard = False
        self._next = 0

    def told_by(self, model: LanguageModel, question: str) -> Iterator[Claim | Dropped]:
        statements = "\n".join(f"{name}: {self._claims[place].text}" for name, place in self.statements.items())
        prompt = fill_prompt("reword", question=question[:LONGEST_QUESTION], statements=statements)
        reply: list[str] = []
        for found in objects_in(_kept(model.stream(prompt), reply)):
            yield from self._say(found)
        if not self._said:
            raise ModelUnavailable(Fault.NONSENSE if self._heard else fault_of_text("".join(reply)))

    def _say(self, found: str) -> Iterator[Claim | Dropped]:
        try:
            sentence = Sentence.model_validate_json(found)
        except ValidationError:
            yield Dropped(found[:200], "not a sentence in the agreed form")
            return
        self._heard = True
        places = [self.statements[name] for name in sentence.statements if name in self.statements]
        fresh = [place for place in dict.fromkeys(places) if place not in self._plain]
        if fault := self._fault(sentence.text, fresh):
            yield Dropped(sentence.text, fault)
            return
        # What the model skipped comes first, in its own words: the direct answer stays in front.
        yield from self.up_to(min(fresh))
        for place in fresh:
            self._said.setdefault(place, []).append(sentence.text)
        yield self._claim(sentence.text, fresh)

    def up_to(self, end: int) -> Iterator[Claim]:
        """The claims before `end` that have not been told, in their own words."""
        for place in range(self._next, end):
            if not self._covered(place):
                self._plain.add(place)
                yield self._claims[place]
        self._next = max(self._next, end)

    def _claim(self, text: str, places: list[int]) -> Claim:
        named = [self._claims[place] for place in places]
        cites = tuple(dict.fromkeys(source for claim in named for source in claim.cites))
        kinds = [claim.kind for claim in named]
        return Claim(text, ClaimKind.FACT if cites and ClaimKind.FACT in kinds else kinds[0], cites)

    def _fault(self, text: str, places: list[int]) -> str | None:
        """Why a sentence may not be shown as saying these claims again."""
        if not places:
            return "it rests on no statement, or on one that was already said"
        claim = self._claim(text, places)
        said = " ".join(self._claims[place].text for place in places)
        return unfaithful(text, said) or self._check(_resting_on(claim, said)) or self._check(claim)

    def _covered(self, place: int) -> bool:
        """Whether the model's sentences carry all that a claim says."""
        said = " ".join(self._said.get(place, ()))
        if not said:
            return False
        claim = self._claims[place]
        return shared(said, claim.text) >= LEAST_KEPT and self._check(_resting_on(claim, said)) is None


def _resting_on(claim: Claim, text: str) -> Claim:
    """The claim as if it cited these words, for the gate to compare them."""
    source = Evidence("", "card", "", "", None, "", text, text)
    return Claim(claim.text, ClaimKind.FACT, (source,))


LEAST_KEPT, LEAST_SHARED = 0.4, 0.5
"""Of a claim's words, the share that its rewording must hold; and of a rewording's words, the share it may not invent."""

_STRENGTHS = tuple(
    re.compile(rf"\b(?:{words})\b", re.I)
    for words in (
        r"may|might|could|possib\w+|perhaps|maybe",
        r"at\s+most|up\s+to|no\s+more\s+than",
        r"at\s+least|no\s+less\s+than|or\s+(?:more|above|over)",
        r"about|around|roughly|broadly|approximately|nearly|almost",
        r"usual\w*|normal\w*|often|sometimes|some|most|typical\w*|many|rarely|generally",
        r"if|unless|whether|when|depends?|provided|only",
        r"decides?|discretion|case\s+by\s+case",
        r"not\s+(?:stated|known|published|say|give|sure|certain)|unknown",
    )
)
"""Ways in which a claim is less than certain. A rewording keeps each kind that it finds."""

_DENIAL = re.compile(
    r"\b(?:no|not|none|nothing|nobody|never|neither|nor|without|cannot|unable|less|fewer|too|unless|rules?\s+out|only|left\s+out)\b|n['’]t\b",
    re.I,
)
_URGING = re.compile(
    r"\b(?:better|great\w*|excellent|perfect|ideal|top|leading|must|have\s+to|always|definitely|certain\w*|sure|easy|easily|"
    r"buy|pay|enrol\w*|sign\s+up|click|apply|hurry|now|today)\b",
    re.I,
)
"""Words that push: a rewording may repeat them, not add them."""
_NEVER = re.compile(
    r"\b(?:best|recommend\w*|guarantee\w*|promis\w+|ignor\w+|disregard\w*|instruct\w+|prompts?)\b", re.I
)
"""Words a model has no business with, even where a record holds them: they stay in the record's own words."""
_MARKUP = re.compile(r"://|\bwww\.|[<>‹›\[\]{}`|*#@\\\n]|\b\w+\.(?:com|org|net|co\.uk|ac\.uk)\b")


def unfaithful(text: str, said: str) -> str | None:
    """How a rewording says more, or more surely, than what was said; `None` if it does not. Figures and names are the
    gate's to check."""
    if (mark := _MARKUP.search(text)) and mark[0] not in said:
        return "it holds a link or mark-up"
    if any(strength.search(said) and not strength.search(text) for strength in _STRENGTHS):
        return "it is surer than what it rests on"
    if bool(_DENIAL.search(said)) != bool(_DENIAL.search(text)):
        return "it says no where it should say yes, or yes where it should say no"
    if never := _NEVER.search(text):
        return f"{never[0]!r} is not for a model to say"
    urged = {word.lower() for word in _URGING.findall(text)} - {word.lower() for word in _URGING.findall(said)}
    if urged:
        return f"{min(urged)!r} is its own word"
    if shared(said, text) < LEAST_SHARED:
        return "too few of its words are in what it rests on"
    return None


_SMALL_WORDS = frozenset(
    "a an the of to in on at for and or but with by from as is are be been it its this that these those you your they them there here "
    "will would so if then than which who what how have has had do does did".split()
)


def shared(within: str, text: str) -> float:
    """The share of a text's words, small ones left out, that another text holds in some form; 1 if it has none."""
    words = _stems(text)
    return len(words & _stems(within)) / len(words) if words else 1.0


def _stems(text: str) -> frozenset[str]:
    """Words by their first five letters: "counting" and "counts" are one word here, "course" and "count" are not."""
    words = re.findall(r"[^\W_]+", text.lower())
    return frozenset(word[:5] for word in words if word not in _SMALL_WORDS)


def _kept(pieces: Iterable[str], kept: list[str]) -> Iterator[str]:
    """The pieces, each also put into `kept`."""
    for piece in pieces:
        kept.append(piece)
        yield piece


def objects_in(pieces: Iterable[str]) -> Iterator[str]:
    """Each innermost JSON object of a text that comes in pieces, as soon as it ends; whatever stands around it is passed
    over. Raises `ModelUnavailable` if one is cut off by the end of the text, or is too long to be a sentence."""
    held, quoted, escaped = "", False, False
    for char in (char for piece in pieces for char in piece):
        if char == "{" and not quoted:
            held = char
            continue
        if not held:
            continue
        held += char
        if quoted and char == "\n":
            # No JSON string runs over a line: this one never ended.
            held, quoted, escaped = "", False, False
        elif quoted and escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "}" and not quoted:
            yield held
            held = ""
        if len(held) > LONGEST_OBJECT:
            raise ModelUnavailable(Fault.MALFORMED)
    if held:
        raise ModelUnavailable(Fault.CUT_SHORT)
