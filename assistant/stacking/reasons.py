"""Why something does not count, or cannot be planned: one code and one plain sentence for each reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReasonCode(StrEnum):
    """In the order in which rules S3, S6 and S10 name them."""

    NOT_CREDIT_BEARING = "NOT_CREDIT_BEARING"
    CREDIT_NOT_STATED = "CREDIT_NOT_STATED"
    NOT_CONVERTIBLE = "NOT_CONVERTIBLE"
    NOT_PASSED = "NOT_PASSED"
    UNRECOGNISED_AWARDER = "UNRECOGNISED_AWARDER"
    LEVEL_TOO_LOW = "LEVEL_TOO_LOW"
    LEVEL_NOT_STATED = "LEVEL_NOT_STATED"
    EXPIRED = "EXPIRED"
    YEAR_NOT_STATED = "YEAR_NOT_STATED"
    ALREADY_USED_FOR_AWARD = "ALREADY_USED_FOR_AWARD"
    SUBJECT_NOT_RELEVANT = "SUBJECT_NOT_RELEVANT"
    DUPLICATE = "DUPLICATE"
    MODE_NOT_ALLOWED = "MODE_NOT_ALLOWED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    REFUSED_BY_ADVISER = "REFUSED_BY_ADVISER"


SENTENCES = {
    ReasonCode.NOT_CREDIT_BEARING: "{title} carries no credit, so it cannot add to an award.",
    ReasonCode.CREDIT_NOT_STATED: (
        "It is not stated how much credit {title} carries, so it is not counted; ask {awarder}."
    ),
    ReasonCode.NOT_CONVERTIBLE: (
        "{provider} counts in credits of its own, and no rate is published that turns the credit of {title} into them."
    ),
    ReasonCode.NOT_PASSED: "{title} was not passed, and only learning that was passed can count.",
    ReasonCode.UNRECOGNISED_AWARDER: "{provider} does not recognise credit from {awarder}, so {title} does not count.",
    ReasonCode.LEVEL_TOO_LOW: "{title} is at {level}, and this award takes nothing below level {lowest}.",
    ReasonCode.LEVEL_NOT_STATED: (
        "It is not stated what level {title} is, and this award takes nothing below level {lowest}; ask {awarder}."
    ),
    ReasonCode.EXPIRED: (
        "{title} is from {year}, which will be {age} years before the start in {start}; "
        "this award takes credit that is at most {limit} years old."
    ),
    ReasonCode.YEAR_NOT_STATED: (
        "We do not know the year of {title}, and this award takes credit that is at most {limit} years old."
    ),
    ReasonCode.ALREADY_USED_FOR_AWARD: (
        "{title} has already been counted towards {used_for}, and this award does not let credit count twice."
    ),
    ReasonCode.SUBJECT_NOT_RELEVANT: "{title} is in {subject}, which this award does not take.",
    ReasonCode.DUPLICATE: "{title} covers the same learning as {kept}, and the same learning counts only once.",
    ReasonCode.MODE_NOT_ALLOWED: "{title} is taught {mode}, which is not a way of studying that you chose.",
    ReasonCode.NOT_AVAILABLE: "{title} is not open to join at the moment.",
    ReasonCode.REFUSED_BY_ADVISER: "An adviser decided that {title} does not count: {because}",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for programs and a sentence for people."""

    code: ReasonCode
    sentence: str


def reason(code: ReasonCode, **facts: object) -> Reason:
    """The reason with its sentence filled in. Raises `KeyError` if a fact that the sentence names is missing."""
    return Reason(code, SENTENCES[code].format(**facts))
