"""What a message says of who someone is, left out of the search: a name, a faith or a postcode must not move an option.

Only clauses that describe the person and name nothing of the corpus are left out ("I'm a mum of three and …"). Where the
turn is about money or support, nothing is: there an age or an access need can be what the rule is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable

PERSONAL_RULES = re.compile(
    r"\b(?:loans?|lle|financ\w*|fund\w*|grants?|fees?|allowances?|dsa|afford|benefits?|credit\s+union|support|help|adjust\w*|accessible|"
    r"childcare\s+(?:costs?|grants?|while)|entitle\w*|eligib\w*|visa|too\s+old|too\s+young)\b",
    re.I,
)
"""Words of questions whose answer may turn on who someone is."""

_END = r"(?=\s*(?:,|\.|;|!|\?|$|\b(?:and|who|but|looking|wanting|wants?|can|could|would|i'?d|i)\b))"
_WHO = re.compile(
    r"(?:(?:\bhi|\bhello|\bhey)\b[,!]?\s*)?"
    r"(?:\b(?:i'?m|i\s+am|i\s+come|i'?m\s+from|as\s+an?|as\s+the|i\s+live|living|my\s+(?:post\s?code|name)\s+is|this\s+is|my\s+client\s+is|client)"
    rf"\s+(?P<who>[^.,;!?]{{1,60}}?){_END}\s*(?:(?:,|\.|;|!)|\b(?:and|who|but)\b)?)",
    re.I,
)
_SET_PHRASES = (
    re.compile(r"^\s*[A-Z]\w+ here[.,]?\s*"),
    re.compile(
        r"\bi\s+(?:have|use|walk)\s+(?:no\s+|an?\s+)?[\w-]+(?:\s+[\w-]+)?(?=\s*(?:\.|,|\band\b))\s*(?:\.|,|\band\b)?",
        re.I,
    ),
    re.compile(r"\bat\s+\d\d\s*,\s*", re.I),
    re.compile(r"\b\d\d[- ]year[- ]old\s+", re.I),
    re.compile(r"\bpregnant\s+", re.I),
    re.compile(r"\bsingle\s+(?:parent|person|mum|dad|mother|father)\b", re.I),
)
_OTHERS = re.compile(
    r"\bmy\s+(?:son|daughter|husband|wife|partner|brother|sister|mum|mother|dad|father|friend|nephew|niece)\b|\b(?-i:[Hh]e|[Ss]he)\b",
    re.I,
)
"""Not "HE", which is higher education."""


def impersonal(text: str, names_something: Callable[[str], bool]) -> str:
    """The text without descriptions of the person; whole if it is about money or support, or if nothing would be left.

    `names_something(fragment)` tells whether a fragment names something a search is for, which is then kept.
    """
    if PERSONAL_RULES.search(text):
        return text

    def kept(match: re.Match[str]) -> str:
        return match[0] if names_something(match[0]) else " "

    left = _WHO.sub(kept, text)
    for phrase in _SET_PHRASES:
        left = phrase.sub(kept, left)
    left = " ".join(_OTHERS.sub("they", left).split()).strip(" ,;")
    return left if len(left.split()) >= 2 else text


_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b")
_AFTER_PLACE = re.compile(r"(\b(?:live|living|lives|based)\s+in\s+[A-Z][\w ]*,\s*)[A-Z]{1,2}\d{1,2}[A-Z]?\b")


def without_postcodes(text: str) -> str:
    """The text without UK postcodes: they say more about a person than advice needs, and "L8" is no level there."""
    return " ".join(_POSTCODE.sub("", _AFTER_PLACE.sub(r"\1", text)).split())
