"""What a search was for, in words of our own lists: it can be counted without keeping anything a person typed. Pure."""

from __future__ import annotations

import re

from assistant.shelf import Library

NO_WORD = "none of our subjects or occupations"
SMALL_WORDS = frozenset("and or of the in skills data".split())
"""Words of subject names that say too little by themselves."""


def looked_for(message: str, library: Library) -> str:
    """The occupation that a message names, or else the subject of our catalogue; `NO_WORD` if neither."""
    named = library.reader.gazetteer.find(message).ids("occupation")
    if named and (occupation := library.catalogue.record(named[0])) is not None:
        return occupation.title
    said = set(re.findall(r"[a-z]+", message.lower()))
    subjects = sorted({course.subject for course in library.catalogue.courses if course.subject})
    shared = {subject: len(said & (set(re.findall(r"[a-z]+", subject)) - SMALL_WORDS)) for subject in subjects}
    best = max(shared, key=lambda subject: shared[subject], default=NO_WORD)
    return best if shared.get(best) else NO_WORD
