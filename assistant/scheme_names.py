"""Schemes that pay for study, by the names people use for them. Pure."""

from __future__ import annotations

import re

SCHEMES = {
    "lle": r"lle|lifelong\s+l(?:earning|oan)s?(?:\s+(?:entitlement|loan|thing|allowance|account))?",
    "free-courses-for-jobs": r"fcfj|free\s+courses?\s+for\s+jobs",
    "part-time-fee-grant": r"ptfg|part[\s-]?time\s+fees?\s+grant|fee\s+grant",
    "individual-training-account": r"individual\s+training\s+accounts?|training\s+account",
    "personal-learning-account": r"personal\s+learning\s+accounts?",
    "skills-bootcamp": r"(?:skills?\s+)?bootcamps?",
    "skill-up": r"skill\s*up",
    "springboard": r"springboard\+?",
    "react": r"react\+",
    "advanced-learner-loan": r"advanced\s+learner\s+loans?",
    "masters-loan": r"(?:post\s?grad(?:uate)?|master'?s?)\s+loans?",
    "disabled-students-allowance": r"dsa|disabled\s+students'?\s+allowance",
    "universal-credit": r"universal\s+credit",
}
_NAMES = {scheme: re.compile(rf"\b(?:{words})\b", re.I) for scheme, words in SCHEMES.items()}


def schemes_named(text: str) -> frozenset[str]:
    """Each scheme a text names: {"lle"} for "that lifelong learning loan"."""
    return frozenset(scheme for scheme, words in _NAMES.items() if words.search(text))
