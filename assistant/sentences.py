"""A message as sentences: cleaned, cut into the questions it holds, short forms spelled out, each text embedded once. Pure but
for the embedder.
"""

from __future__ import annotations

import re

import numpy as np

from assistant.numerals import figured
from corpus.embedding import Embedder, Vectors

LONGEST_MESSAGE = 4_000
"""Characters of a message that are read; the rest is cut, and the answer says so."""
MOST_SENTENCES = 12
LONGEST_QUERY = 600
"""Characters of one search; the embedding model reads about as much."""

ASKING = re.compile(
    r"\?\s*$|\b(?:surely|right|innit|correct|true|legit|fair|isn'?t\s+it|aren'?t\s+they|don'?t\s+they|yes\s+or\s+no)\W*$|"
    r"\b(?:says?|said|reckons?|claims?|swears?|insists?|told\s+(?:me|us|her|him)|heard|apparently|supposedly)\s+(?:that\s+)?(?:\w+\W+){2}|\b(?:looking|searching)\s+for\b|\bafter\s+an?\b|\basks?\s+(?:me\s+)?(?:what|how|if|whether|which)\b|^\W*(?:what'?s?|which|how'?s?|who'?s?|where'?s?|when|why|wots?|can|could|will|would|do|does|is|are|am|should|any|find|show|list|tell|compare|explain|"
    r"recommend|suggest|give|convert|looking|need|want|wants|i\s+want|i\s+need|i'?d\s+like|i\s+would\s+like|i'?m\s+looking)\b",
    re.I,
)
"""A sentence that asks for something, rather than telling."""


_WANNA = re.compile(r"\bwanna\b", re.I)


def clean(message: str) -> str:
    """Printable text with single spaces and numbers in figures; control characters and lone surrogates gone. A line break ends
    a sentence."""
    lines = [
        " ".join("".join(char if char.isprintable() else " " for char in line).split()).lstrip("*•-– ")
        for line in message.splitlines()
    ]
    text = ""
    for line in filter(None, lines):
        text += line if not text else f" {line}" if text[-1] in ".?!:;," else f". {line}"
    return figured(_WANNA.sub("want to", text)).encode("utf-8", "ignore").decode("utf-8")


ACRONYMS = {
    "LLE": "Lifelong Learning Entitlement loan", "PTFG": "Part-Time Fee Grant", "ITA": "Individual Training Account",
    "PLA": "Personal Learning Account", "FCFJ": "Free Courses for Jobs", "AEB": "Adult Skills Fund",
    "DSA": "Disabled Students' Allowance", "RPL": "recognition of prior learning", "HTQ": "Higher Technical Qualification",
    "TQT": "Total Qualification Time", "PSRB": "professional body",
    "ELQ": "equivalent or lower qualification", "OFS": "Office for Students",
    "PGL": "postgraduate master's loan", "UC": "Universal Credit", "SFW": "Student Finance Wales", "SFE": "Student Finance England",
}  # fmt: skip
"""What advisers' short forms stand for: the embedding model has hardly met them."""
_ACRONYM = re.compile(rf"\b(?:{'|'.join(ACRONYMS)})\b|\b(?:lle|ptfg|rpl|htq|psrb|tqt)\b")


def spelled_out(text: str) -> str:
    """A query with the meaning of each short form beside it, once."""
    seen: set[str] = set()

    def meaning(match: re.Match[str]) -> str:
        short = match[0].upper()
        if short in seen:
            return match[0]
        seen.add(short)
        return f"{match[0]} ({ACRONYMS[short]})"

    return _ACRONYM.sub(meaning, text)


_QUESTION = (
    r"(?:can|could|do|does|will|would|should|is|are)\s+(?:i|it|they|the|there|my|you|we|this|that|any)|how\s+(?:much|many|long|do|does|can|will|is|are|would)|"
    r"what\s+(?:is|are|does|do|about|happens|else|if|will|would|can|should)|what'?s|which\s+\w+|who\s+(?:do|can|should|decides|is|pays|will|gives)|where\s+(?:can|do|should|is)|when\s+(?:do|can|does|is|will)"
)
_RUN_ON = re.compile(rf"(?:,\s*|\s+)(?:(?:and|but|or|also|plus|so|then)\s+)*(?=(?:{_QUESTION})\b)", re.I)
_BELONGS = re.compile(
    r"\b(?:know|wonder(?:ing)?|tell\s+me|ask|sure|see|say|understand|idea|explain|depends?|on|of|about|not|and\s+also|in\s+case|if|to)\s*$",
    re.I,
)
"""Before a question word, these make it part of the sentence: "I don't know what it is"."""
_OPEN_QUESTION = re.compile(r"\b(?:what|which|how|who|when|where|why)\b\W*(?:\S+\W*){0,2}$", re.I)
""" "What % …" goes on with "do we pay"."""


def sentences_of(text: str) -> tuple[str, ...]:
    """Sentences, and the separate questions of a run-on one, in order; a word or two by themselves join what
    they follow ("OK?") or begin ("Hallam MSc - the most credit from outside?")."""
    whole = [part.strip(" ,") for part in re.split(r"(?<=[.?!;])\s+|\s+-\s+", text)]
    parts: list[str] = []
    for part in (piece for sentence in whole for piece in _questions(sentence)):
        if parts and (len(part.split()) <= 2 or (len(parts) == 1 and len(parts[0].split()) <= 2)):
            parts[-1] += f" {part}"
        elif len(part) > 2:
            parts.append(part)
    return tuple(parts[:MOST_SENTENCES])


def asks_inside(sentence: str) -> bool:
    """Whether a question stands later in a sentence: "moving to Leeds with five Highers, what level are they"."""
    return any(_BELONGS.search(sentence[: match.start()]) is None for match in _RUN_ON.finditer(sentence))


def _questions(sentence: str) -> list[str]:
    """The separate questions of one sentence: "can I get a loan and how do I apply" holds two."""
    pieces: list[str] = []
    start, asks = 0, False
    for match in _RUN_ON.finditer(sentence):
        before = sentence[start : match.start()]
        if len(before.split()) < 3 or _BELONGS.search(before) or _OPEN_QUESTION.search(before):
            continue
        if not asks and ASKING.search(before) is None:
            # What is only told ("my son does a T level, does he …") is what the question after it is about.
            asks = True
            continue
        pieces.append(before.strip(" ,"))
        start, asks = match.end(), False
    return [*pieces, sentence[start:].strip(" ,")]


LONG_SENTENCE = 11
"""Words from which a sentence is also looked at part by part: trouble is often told in passing."""
_PARTS = re.compile(r",\s|\s+(?:and|but|so|because|cos)\s+", re.I)


class Embedded:
    """The vectors of one turn's texts: each is encoded once, however many steps look at it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def of(self, texts: tuple[str, ...]) -> Vectors:
        """One vector for each text, (n, dim), in order; n at least 1."""
        new = tuple(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, self._embedder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def clauses(self, text: str, least: int = 1) -> tuple[tuple[str, ...], Vectors]:
        """Each sentence of a message that has `least` words, and each such part of a long one, with their vectors; the whole
        message if none has."""
        sentences = sentences_of(text[:LONGEST_MESSAGE])
        parts = [part.strip() for one in sentences if len(one.split()) > LONG_SENTENCE for part in _PARTS.split(one)]
        # A part is read without what it leans on, so it has to say more than a sentence by itself.
        parts = [part for part in parts if len(part.split()) > least + 1]
        long = tuple(dict.fromkeys((*(one for one in sentences if len(one.split()) >= least), *parts)))[:MOST_SENTENCES]
        chosen = long or (text[:LONGEST_QUERY],)
        return chosen, self.of(chosen)
