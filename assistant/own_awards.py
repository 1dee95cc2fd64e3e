"""Which awards of a provider a turn is about: "the grad cert in space science at UCD", "the evening degree at St Andrews". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.gazetteer import COMMON_PROVIDER_WORDS, Mentions, plain
from corpus.catalogue import Catalogue
from corpus.courses import Award, AwardKind

MOST_AWARDS = 3
ANY_DEGREE = frozenset({"degree", "uni degree", "undergraduate degree", "first degree"})
"""Said of any subject, these name no kind that one degree of a provider has and another has not."""
STEM = 5
"""Letters that two words share for one to be a form of the other: "evening", "evenings"."""
NOT_SUBJECT = frozenset(
    (
        "degree degrees award awards certificate certificates diploma diplomas course courses credit credits module "
        "modules bachelor master masters postgraduate graduate undergraduate higher education honours national with "
        "from part time study studies university college school year years level other taught online learning lifelong "
        "framework first into than work professional practice"
    ).split()
)
"""Words of an award's title that many awards have."""


def own_awards(text: str, mentions: Mentions, catalogue: Catalogue) -> tuple[Award, ...]:
    """The awards named by themselves, and those of each provider named that fit the words best: the kind of award asked for
    ("PGCert") and what it is about. None of a provider whose awards the words do not tell apart."""
    named = [award for award_id in mentions.ids("award") if (award := catalogue.award(award_id)) is not None]
    own = [award for award in named if award.kind is AwardKind.AWARD]
    kinds = [
        award
        for mention in mentions.all
        if mention.kind == "award"
        and mention.said.lower() not in ANY_DEGREE
        and (award := catalogue.award(mention.record_id)) is not None
        and award.kind is AwardKind.NATIONAL_MINIMUM
    ]
    for provider in mentions.ids("provider"):
        offered = [award for award in catalogue.awards if award.provider == provider and award.kind is AwardKind.AWARD]
        if not any(award.provider == provider for award in own):
            own += _fitting(text, offered, kinds)
    return tuple(dict.fromkeys(own))[:MOST_AWARDS]


def _fitting(text: str, offered: Sequence[Award], kinds: Sequence[Award]) -> list[Award]:
    said = {word[:STEM] for word in plain(text).split() if len(word) >= STEM}
    scores = {
        award.id: (2 if any(_is_a(award, kind) for kind in kinds) else 0) + len(_subject(award) & said)
        for award in offered
    }
    best = max(scores.values(), default=0)
    chosen = [award for award in offered if scores[award.id] == best]
    # A kind that is asked for and not offered ("the PGCE at Derby") is not answered with another.
    if best == 0 or len(chosen) > MOST_AWARDS or (kinds and best < 2 and len(offered) > 1):
        return []
    return chosen


def _is_a(award: Award, kind: Award) -> bool:
    """Whether a provider's award is of a national kind, by what both are called; an integrated master's is no master's."""
    if ("integrated" in award.title.lower()) != ("integrated" in kind.title.lower()):
        return False
    names = {plain(re.sub(r"\([^)]*\)", "", name)) for name in (kind.title, *kind.other_names)}
    own = {plain(re.sub(r"\([^)]*\)", "", name)) for name in (award.title, *award.other_names)}
    return any(f" {name} " in f" {title} " for name in names for title in own)


def _subject(award: Award) -> set[str]:
    """Stems of the words that say what an award is about."""
    provider = set(plain(award.provider).split())
    words: Iterable[str] = plain(" ".join((award.title, award.subject or "", *award.other_names))).split()
    return {
        word[:STEM]
        for word in words
        if len(word) >= STEM and word not in NOT_SUBJECT | COMMON_PROVIDER_WORDS | provider
    }
