"""What a turn points back at: whether it stands alone, which shown courses it means, and how it narrows the last search. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.gazetteer import Mentions, plain
from assistant.limits import Constraints
from assistant.needs import Need
from assistant.scheme_names import schemes_named

NOT_SUBJECT = re.compile(
    r"\b(?:free|cheap(?:er|est)?|less\s+expensive|short(?:er|est)?|quick(?:er|est)?|near(?:er|est)?|clos(?:er|est)|online|on\s+line|in\s+person|face\s+to\s+face|from\s+home|"
    r"distance\s+learning|evenings?|weekends?|part\s+time|no\s+exams?|without\s+exams?|"
    r"is\s+there|are\s+there|(?:i|we|they)\s+(?:want|need|would\s+like|can|have|only|just)(?:\s+to)?(?:\s+(?:learn|study|do|find|pay|spend))?|an?|the|short|courses?|class(?:es)?|modules?|training|"
    r"certificates?|any|some|find\s+me|show\s+me|looking\s+for|recommend|with(?:out)?\s+credits?|near\s+me|(?:under|up\s+to|less\s+than|max)\s+£?\d+|£\d[\d,.]*|\d+\s+(?:pounds?|quid|weeks?|months?|credits?)|"
    r"level\s+\d+(?:\s+or\s+(?:above|higher|below|lower))?|what\s+about|how\s+about|what\s+if|only|ones?|please|instead|start(?:s|ing)?\s+in\s+\w+|per\s+week|a\s+week|hours?)\b",
    re.I,
)
"""Words that say what kind of course is wanted and not what it is about."""
EMPTY_WORDS = frozenset(
    "what about and the a an is are in on for me i you do does have of to with but or how no not yes can could would more others other "
    "else one that my those these them it there so then also just if move moved live lived go went than am im was said mean meant "
    "actually sorry oh ok okay well "
    "redo recalculate work out "
    "should look take think next suggest advise tell show anything something different same again now rather prefer be at from "
    "budget nothing over under more less above below max maximum better good great nice ideal fine best thanks cheers ta still".split()
)
POINTS_BACK = re.compile(
    r"\b(?:it|that|those|these|them|they|this|both|either|each|instead|which\s+ones?)\b|\b(?:first|second|third|fourth|last|former|latter)\s+(?:one|two|course|option)\b|\b(?:the\s+)?(?:1st|2nd|3rd|4th)\b",
    re.I,
)
POINTED = re.compile(
    r"\b(first|1st|second|2nd|third|3rd|fourth|4th|last)\b(?:\s+(?:one|two|course|option|module)\b|\s*[?.!]*$|(?=\s+(?:and|or|with)\s+the\b))"
    r"|\b(?:number|no\.?|option|course|#)\s*([1-4])\b(?!\s*(?:credits?|weeks?))",
    re.I,
)
""" "The second one", "the first and the third?", "option 2": not "my first year"."""
ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
IT = re.compile(
    r"\b(?:does|do|is|will|can|would|could|about|on|with|of|for|after|take|start|doing)\s+(?:it|that|that\s+(?:one|course)|this(?:\s+(?:one|course))?)\b|^\W*it\b",
    re.I,
)
ALL_SHOWN = re.compile(r"\b(?:these|those|them|they|both|all\s+(?:of\s+)?(?:them|these)|each)\b", re.I)
WHY_NOT = re.compile(
    r"\bwhy\s+(?:not|didn'?t|did\s+you\s+not|isn'?t|aren'?t|wasn'?t)\b|\bwhat'?s\s+wrong\s+with\b|\bwhy\s+(?:is|was)\s+.{0,40}\bnot\b",
    re.I,
)
SUPPOSING = re.compile(
    r"\b(?:what\s+if|how\s+about|what\s+about|suppose|if\s+i\s+(?:go|went|move|moved|study|studied|lived?|had|did|took))\b",
    re.I,
)
"""A follow-up that changes one thing and asks for the same answer again."""


AS_IT_IS = re.compile(
    r"\bback\s+to\s+(?:me\b|myself|mine\b|my\s+(?:own|case|situation)|where\s+i\s+(?:am|live)|how\s+(?:it|things)\s+(?:is|are)|normal|real\s+life)|"
    r"\b(?:i'?m\s+|i\s+am\s+|i'?ll\s+)?stay(?:ing)?\s+(?:put|here|where\s+i\s+am)\b|\bnot\s+(?:moving|going\s+to\s+move)\b|\bas\s+(?:i\s+am|things\s+are|it\s+is)\s+now\b|"
    r"\b(?:forget|scrap|drop|ignore|never\s*mind)\s+(?:that\b|about\s+(?:that|moving|the\s+move)|the\s+(?:move|what\s+if|idea))|\bwithout\s+(?:that|the\s+(?:extra|move))\b",
    re.I,
)
"""What takes back a supposition, or turns from somebody else to oneself again."""
ASKS_WHAT_IS_KNOWN = re.compile(
    r"\bwhat\s+(?:do|have|did)\s+you\s+(?:still\s+)?(?:know|have|got|hold|remember|store|keep|note)\w*\b[^?.!]*\b(?:me|down|i\s+said)\b|"
    r"\b(?:remind|tell|show)\s+me\s+(?:of\s+)?what\s+(?:you|i)\s*(?:'?ve|\s+have)?\s*(?:already\s+)?(?:noted?|know|got|have|hold|said|told|wrote|written|remember)\w*\b",
    re.I,
)
ABOUT = re.compile(
    r"^\W*(?:(?:and|ok|okay|so|or|then)\W+)*(?:what|how)\s+about\b|\bsame\s+(?:deal|thing|again|limits?|search|but|for|please)\b",
    re.I,
)


INSTEAD = re.compile(r"\binstead\b", re.I)
SHORT = 14
"""Words a turn may have to lean on the one before it."""


def swaps_subject(text: str, mentions: Mentions) -> bool:
    """Whether a follow-up keeps the question and names another subject: "what about gardening?", "same again but for autism",
    "show me Java instead"."""
    instead = INSTEAD.search(text) is not None and len(text.split()) <= SHORT
    return (ABOUT.search(text) is not None or instead) and not names_no_subject(text, mentions)


class Narrowing(StrEnum):
    """How a follow-up compares with what was shown."""

    CHEAPER = "cheaper"
    SHORTER = "shorter"
    OTHERS = "others"


NARROWING = (
    (
        Narrowing.CHEAPER,
        re.compile(
            r"\b(?:cheaper|less\s+expensive|costs?\s+less|more\s+affordable|too\s+(?:dear|expensive|much|pricey))\b",
            re.I,
        ),
    ),
    (Narrowing.SHORTER, re.compile(r"\b(?:shorter|quicker|less\s+time|too\s+long)\b", re.I)),
    (
        Narrowing.OTHERS,
        re.compile(
            r"\b(?:any(?:thing)?\s+(?:else|other|different)|(?:some|something)\s+(?:else|different)|"
            r"others?\b(?!\s+(?:universit|college|people))|more\s+(?:options|like|of)|different\s+ones?)\b",
            re.I,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a follow-up may point back to: the last message that stood alone, what it was after, what it asked of
    courses, and the courses that were shown since, in the order shown. `seen` are all courses shown since then."""

    message: str
    constraints: Constraints
    needs: tuple[tuple[Need, float], ...] = ()
    shown: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    told: bool = False
    """Whether that message only told something, so that there is nothing to go on with."""


def stands_alone(text: str, mentions: Mentions) -> bool:
    """Whether a turn can be read by itself: it names a subject of its own and does not point back."""
    if WHY_NOT.search(text) is not None:
        return False
    if mentions.ids("course") or (mentions.ids("occupation") and not SUPPOSING.search(text)):
        return True
    if schemes_named(text):
        # It asks about that scheme, whatever was asked before.
        return True
    points_back = POINTS_BACK.search(text) is not None and len(text.split()) <= SHORT
    return not (points_back or names_no_subject(text, mentions) or _supposing(text) or swaps_subject(text, mentions))


def _supposing(text: str) -> bool:
    """ "What if I moved to Scotland?", "how about Sheffield Hallam?": the same question with one thing changed."""
    return SUPPOSING.search(text) is not None and len(text.split()) <= 10


def names_no_subject(text: str, mentions: Mentions) -> bool:
    """Whether only limits, places and small words are left once what describes a course is taken away."""
    left = text
    for mention in reversed(mentions.all):
        if mention.kind in ("place", "provider"):
            left = left[: mention.start] + " " + left[mention.end :]
    return all(word in EMPTY_WORDS or word.isdigit() for word in plain(NOT_SUBJECT.sub(" ", left)).split())


LIMIT_WORDS = frozenset(
    "level levels masters master postgrad postgraduate undergraduate degree scqf nfq rqf fheq cqfw eqf credit credits cr crs points pts "
    "week weeks wk wks month months less more under over max most least carries carry carrying gives bearing fully quid pounds kind sort "
    "type bit small tiny thing things stuff course courses module modules microcredential microcredentials unit units that which has with "
    "got nothing much up free cheap online home run by taught university uni college provider topic topics subject "
    "subjects ok okay fine mind welsh scottish english irish british".split()
)


BECAUSE = re.compile(r"\b(?:because|cos|coz)\b[^,.;?!]*", re.I)
"""Why somebody wants it so is not what it is about."""


def names_limits_only(subject: str) -> bool:
    """Whether a search says how a course should be and not what it is about: "something online at level 7 for £300"."""
    words = plain(NOT_SUBJECT.sub(" ", BECAUSE.sub(" ", subject))).split()
    return all(word in EMPTY_WORDS or word in LIMIT_WORDS or word[0].isdigit() for word in words)


def referred(text: str, shown: Sequence[str]) -> tuple[str, ...]:
    """The shown courses a turn points at: by their place in the list, all of them ("compare these"), or "it" for the first."""
    if not shown:
        return ()
    places = [ORDINALS[match[1].lower()] if match[1] else int(match[2]) - 1 for match in POINTED.finditer(text)]
    named = [shown[place] for place in places if -len(shown) <= place < len(shown)]
    if named:
        return tuple(dict.fromkeys(named))
    if re.search(
        r"\bcompare\b|\bside\s+by\s+side\b|\bdifference\s+between\b|\bwhich\s+(?:one\s+)?(?:is|of)\b", text, re.I
    ) and ALL_SHOWN.search(text):
        return tuple(shown[:2] if re.search(r"\bboth\b|\btwo\b", text, re.I) else shown[:4])
    return (shown[0],) if IT.search(text) else ()


def narrowing(text: str) -> frozenset[Narrowing]:
    """What a follow-up wants of the next courses, compared with those shown."""
    return frozenset(kind for kind, words in NARROWING if words.search(text))
