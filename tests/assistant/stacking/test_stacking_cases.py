"""Each file in tests/stacking_cases is one worked problem with the part of the answer that it is about."""

import tomllib
from pathlib import Path

import pytest

from assistant.stacking import answer_problem
from corpus.catalogue import frameworks

CASES = sorted((Path(__file__).parents[2] / "stacking_cases").glob("*.toml"))


def differences(expected, found, where="answer"):
    """Where the answer lacks something expected; fields that a case does not name are not looked at."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line for key, value in expected.items() for line in differences(value, found.get(key), f"{where}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (one, other) in pairs for line in differences(one, other, f"{where}[{index}]")]
    return [] if expected == found else [f"{where}: expected {expected!r}, found {found!r}"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_worked_case(path):
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    assert differences(case["expected"], answer_problem(case["input"], frameworks())) == []


def test_the_cases_are_there():
    assert len(CASES) > 30
