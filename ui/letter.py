"""A letter that asks a university whether earlier study counts: recognition of prior learning, or credit transfer. Pure.

It is ready but for the blanks: it holds no name and no contact, and the learner fills in [your name] and the rest.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from ui.learning_words import prior_columns, prior_values
from ui.lines import NOT_STATED
from ui.record import AdviceRecord, Json
from ui.words import words


@dataclass(frozen=True, slots=True)
class Letter:
    """Paragraphs before the table, the table with its column names first, numbered questions, and the paragraphs after."""

    made: datetime.date
    subject: str
    opening: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]
    closing: tuple[str, ...]

    def text(self) -> str:
        """The letter as plain text, for an e-mail: the table as one paragraph per course, each fact with its name."""
        held = [
            "\n".join(f"{name}: {value}" for name, value in zip(self.table[0], row, strict=True))
            for row in self.table[1:]
        ]
        asked = "\n".join(f"{number}. {question}" for number, question in enumerate(self.questions, start=1))
        return "\n\n".join([f"Subject: {self.subject}", *self.opening, *held, asked, *self.closing]) + "\n"


def letter(record: AdviceRecord, award: str | None = None, university: str | None = None) -> Letter:
    """The letter about `award` (a title; if `None`, the award of the profile or the last one advised on) at `university`; what
    is not known is a blank in square brackets."""
    aim = _bare(award or _award(record) or "[the award you want]")
    start = next((str(fact.value) for fact in record.profile if fact.name == "start_year"), "[year you want to start]")
    rows = tuple(map(_row, record.prior_learning)) or (("[title of the course]", *[f"[{NOT_STATED}]"] * 4),)
    return Letter(
        made=record.made,
        subject=f"Will you count my earlier study towards {aim}?",
        opening=(
            "[Date]",
            f"To: the admissions team, {university or '[university or college]'}",
            "Dear admissions team,",
            f"I want to study for {aim}, starting in {start}. I have not applied yet. I would like to know whether you would "
            "recognise my earlier study, as recognition of prior learning (RPL) or credit transfer. This is what I have done. "
            f"“{NOT_STATED.capitalize()}” means that I do not know it yet.",
        ),
        table=(("What I studied", *prior_columns(words("en"))), *rows),
        questions=tuple(_questions(aim)),
        closing=(
            "I can send certificates, transcripts and module descriptions. Please reply in writing, so that I can plan with it.",
            "Thank you for your help.",
            "Yours faithfully,",
            "[your name]\n[your e-mail address or telephone number]\n[your student or application number, if you have one]",
        ),
    )


def _award(record: AdviceRecord) -> str | None:
    named = [str(fact.value) for fact in record.profile if fact.name == "target_award"]
    return next(iter(named + [counted.pathway["award_title"] for counted in reversed(record.pathways)]), None)


def _bare(title: str) -> str:
    """A title as an admissions team knows it: "national minimum" is a word of our records."""
    return re.sub(r"\s*\(national minimum\)$", "", title)


def _row(item: Json) -> tuple[str, ...]:
    return (item["title"], *prior_values(item))


def _questions(aim: str) -> tuple[str, ...]:
    return (
        f"How many credits of the study above would you count towards {aim}, and at what level?",
        "Which modules or parts of the award would they replace, and which would I still have to take?",
        "Is there a limit on how much credit you take from elsewhere, or on how much at one level?",
        "How old may the credit be when I start?",
        "What does it cost to have it assessed, and does it change the tuition fee?",
        "By what date must I apply for it, and what evidence do you need?",
        "Would you confirm the decision in writing before I pay for anything?",
    )
