"""Who may sit at the desk: the file of names and hashes, and the name that a proxy puts into a header."""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import bcrypt
import pytest

from ui.signin import SigninProblem, hash_password, named_by_proxy, read_advisers

PASSWORD = "correct horse battery"


def hashed(password: str, rounds: int = 10) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds)).decode()


def write(folder: Path, *lines: str) -> Path:
    file = folder / "advisers"
    file.write_text("\n".join(lines))
    return file


def test_a_name_with_its_password_may_sign_in_and_nobody_else(tmp_path: Path) -> None:
    file = write(
        tmp_path, "# the careers team", "", f"ama: {hashed(PASSWORD)}", f"Siân Rees:{hashed('another long one')}"
    )
    advisers = read_advisers(file)
    assert advisers.check("ama", PASSWORD)
    assert advisers.check(" Siân Rees ", "another long one")
    for name, password in (("ama", "another long one"), ("ama", ""), ("", ""), ("bob", PASSWORD), ("Ama", PASSWORD)):
        assert not advisers.check(name, password)


def test_a_password_that_bcrypt_would_cut_is_not_taken(tmp_path: Path) -> None:
    long = "x" * 72
    advisers = read_advisers(write(tmp_path, f"ama:{hashed(long)}"))
    assert advisers.check("ama", long)
    assert not advisers.check("ama", long + "y")
    assert not advisers.check("ama", "\0" * 10_000)
    assert not advisers.check("ama", "\ud800")


def test_an_unknown_name_takes_as_long_as_a_known_one(tmp_path: Path) -> None:
    advisers = read_advisers(write(tmp_path, f"ama:{hashed(PASSWORD)}"))

    def taken(name: str) -> float:
        times = []
        for _ in range(7):
            before = time.perf_counter()
            advisers.check(name, "wrong")
            times.append(time.perf_counter() - before)
        return median(times)

    assert 0.5 < taken("ama") / taken("nobody") < 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ama", "hash of 'ama', expected a bcrypt hash"),
        ("ama:s3cret password", "hash of 'ama', expected a bcrypt hash"),
        (":$2b$10$abc", "name, expected 1 to 60"),
        (f"ama:{hashed('x', 4)}", "4 rounds, expected 10 or more"),
        ("a\x07ma:x", "name, expected"),
    ],
    # A hash is new in every process; the tests of two processes must have the same names.
    ids=("no hash", "a plain password", "no name", "too few rounds", "a bell in the name"),
)
def test_a_bad_line_is_named_with_its_file_and_number(tmp_path: Path, line: str, said: str) -> None:
    file = write(tmp_path, f"ben:{hashed(PASSWORD)}", line, f"ben:{hashed(PASSWORD)}")
    with pytest.raises(SigninProblem) as told:
        read_advisers(file)
    first, second = told.value.faults
    assert first.startswith("advisers:2 ")
    assert said in first
    assert second == "advisers:3 name = 'ben', expected each name once"
    assert "s3cret" not in str(told.value)
    assert "$2b$" not in str(told.value).replace("($2b$…)", "")


def test_a_file_that_lets_nobody_in(tmp_path: Path) -> None:
    with pytest.raises(SigninProblem, match="nobody in it"):
        read_advisers(write(tmp_path, "# nobody yet"))
    (tmp_path / "advisers").write_bytes(b"\xff\xfe")
    with pytest.raises(SigninProblem, match="not UTF-8"):
        read_advisers(tmp_path / "advisers")
    with pytest.raises(FileNotFoundError):
        read_advisers(tmp_path / "none")


def test_hashes_are_not_shown(tmp_path: Path) -> None:
    assert "$2b$" not in repr(read_advisers(write(tmp_path, f"ama:{hashed(PASSWORD)}")))


def test_a_new_password_is_hashed_for_the_file(tmp_path: Path) -> None:
    assert read_advisers(write(tmp_path, f"ama:{hash_password(PASSWORD)}")).check("ama", PASSWORD)
    for bad in ("short", "x" * 73, "é" * 40):
        with pytest.raises(ValueError, match="expected 12 to 72"):
            hash_password(bad)


@dataclass
class Asked:
    headers: dict[str, str]


def test_a_proxy_names_who_is_signed_in() -> None:
    named = named_by_proxy("x-signed-in")
    assert named(Asked({"x-signed-in": " ama@example.ac.uk "})) == "ama@example.ac.uk"
    for headers in ({}, {"x-signed-in": " "}, {"x-signed-in": "x" * 61}, {"x-signed-in": "a\nb"}, {"x-other": "ama"}):
        assert named(Asked(headers)) is None
