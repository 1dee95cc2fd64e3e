"""The catalogues: complete in every language, used to the last key, and no text given wrongly in silence."""

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import ui
from ui.words import LANGUAGES, WordsProblem, read_words, words

BY_VALUE = {"keep.pdf", "keep.html", "keep.csv", "keep.json", "stack.cheapest", "stack.fastest"}
"""Texts whose name is a value (the form of a download, the aim of a route) given to `w.of` with an outermost group."""

SAME_IN_WELSH = {
    "page.title": "a name",
    "page.advisor": "a name",
    "stack.plan_cost": "the same word",
    "profile.framework.HKQF": "names",
    "profile.prior.example_title": "titles of courses are in English",
}
"""Texts that may read alike in both languages, and why; example questions are sent to an adviser that reads English."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_has_the_same_keys_with_the_same_placeholders(language: str) -> None:
    english, other = words("en").entries, words(language).entries
    assert other.keys() == english.keys()
    assert {key: entry.variables for key, entry in other.items()} == {
        key: entry.variables for key, entry in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_plain_and_tidy(language: str) -> None:
    """Plain text, so that a page may escape it; no stray spaces; typographic quotes."""
    for key, entry in words(language).entries.items():
        for text in entry.forms.values():
            assert text == " ".join(text.split()), key
            assert not set(text) & set('<>"*_`&'), key


@pytest.mark.parametrize(("language", "forms"), [("en", {"one", "other"}), ("cy", {"two", "few", "many", "other"})])
def test_plural_forms_are_ones_the_language_has_and_differ(language: str, forms: set[str]) -> None:
    for key, entry in words(language).entries.items():
        assert entry.forms.keys() <= forms, key
        assert not entry.counted or len(set(entry.forms.values())) > 1, key
        assert not entry.counted or "{n" in entry.forms["other"], key


def test_nothing_was_left_in_english() -> None:
    english, welsh = words("en").entries, words("cy").entries
    alike = {key for key in english if english[key].forms == welsh[key].forms and not key.startswith("page.example.")}
    assert alike == SAME_IN_WELSH.keys()
    assert all(english[key] == welsh[key] for key in english if key.startswith("page.example."))


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("en", 0, "0 courses"),
        ("en", 1, "1 course"),
        ("en", 2, "2 courses"),
        ("en", Decimal("1.5"), "1.5 courses"),
        ("cy", 0, "0 cwrs"),
        ("cy", 1, "1 cwrs"),
        ("cy", 2, "2 gwrs"),
        ("cy", 3, "3 chwrs"),
        ("cy", 4, "4 cwrs"),
        ("cy", 6, "6 chwrs"),
        ("cy", 12, "12 cwrs"),
    ],
)
def test_a_number_chooses_the_form(language: str, n: int, text: str) -> None:
    assert words(language)("panel.courses", n=n) == text


def test_named_placeholders_are_filled() -> None:
    assert words("en")("page.question_info", most=4000).startswith("Up to 4,000 characters")
    assert words("en").of("panel.kind", "card") == "Rule or fact"
    assert words("en")("panel.ask_who", who="{n} <b>") == "Ask {n} <b>"


@pytest.mark.parametrize(
    ("key", "values", "found"),
    [
        ("page.sendd", {}, "no such text"),
        ("page", {}, "no such text"),
        ("page.question_info", {}, "given no variables"),
        ("page.question_info", {"most": 1, "least": 0}, "given least, most"),
        ("page.send", {"n": 1}, "given n"),
        ("panel.courses", {"n": "1"}, "n = '1'"),
    ],
)
def test_a_wrong_key_or_variable_is_an_error(key: str, values: dict[str, object], found: str) -> None:
    with pytest.raises(WordsProblem) as raised:
        words("en")(key, **values)
    assert (raised.value.where, raised.value.found) == (f"en.toml {key}", found)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(WordsProblem, match=r"language: 'fr', expected one of en, cy"):
        words("fr")


@pytest.mark.parametrize(
    ("catalogue", "found"),
    [
        ('[a]\nb = ""', "''"),
        ('[a]\nb = " "', "' '"),
        ("[a]\nb = 3", "3"),
        ('[a]\nb = "{}"', "the placeholder {}"),
        ('[a]\nb = "{n.real}"', "the placeholder {n.real}"),
        ('[a]\nb = "{n"', "'{n' (expected '}' before end of string)"),
        ('[a]\nb = {ome = "{n} x", other = "{n} xs"}', "the form 'ome'"),
    ],
)
def test_a_text_that_cannot_be_used_is_an_error(catalogue: str, found: str) -> None:
    with pytest.raises(WordsProblem) as raised:
        read_words("en", catalogue)
    assert (raised.value.where, raised.value.found) == ("en.toml a.b", found)


def test_the_page_uses_only_keys_that_exist() -> None:
    known = set(words("en").entries)
    assert {use for use in _uses() if use not in known | _groups() and not _starts(use, known)} == set()


def test_every_text_is_used_somewhere() -> None:
    uses = _uses()
    unused = {
        key
        for key in words("en").entries
        if not ({key, *_parents(key)} & uses) and not any(_starts(use, {key}) for use in uses)
    }
    assert unused == BY_VALUE


def _starts(use: str, keys: set[str]) -> bool:
    """Whether a use such as f"profile.from_{origin}" is the start of some of these keys."""
    return use.endswith("_") and any(key.startswith(use) for key in keys)


def _parents(key: str) -> Iterator[str]:
    """The groups a key is in that `w.of` may name: not the outermost one, which would hide what nobody uses."""
    parts = key.split(".")
    return (".".join(parts[:end]) for end in range(2, len(parts)))


def _groups() -> set[str]:
    return {group for key in words("en").entries for group in _parents(key)}


def _uses() -> set[str]:
    """Every string in the source of `ui` that is written like a key of the catalogue; file names are not."""
    first = "|".join({key.split(".")[0] for key in words("en").entries})
    like_a_key = re.compile(rf"(?:{first})(?:\.[a-z0-9_]+)+")
    a_file = re.compile(r".*\.(?:css|js|toml|html|csv|json|pdf|py|key|lock)")
    return {text for text in _strings() if like_a_key.fullmatch(text) and not a_file.fullmatch(text)}


def _strings() -> Iterator[str]:
    for file in sorted(Path(ui.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_keys_are_never_put_together_from_pieces() -> None:
    """`w(f"profile.field.{name}")` would hide a missing key from the tests above: `w.of("profile.field", name)`."""
    for file in sorted(Path(ui.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value).rstrip(".")
                assert start not in _groups(), f"{file.name}:{node.lineno}"
