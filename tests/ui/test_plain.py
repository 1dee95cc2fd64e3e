"""The plain page without a browser: what it remembers, what it refuses, and that nothing in it is live."""

import base64
import random
import re
import stat
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from assistant.advise import Adviser, Conversation
from assistant.profile import LearnerProfile, PriorLearning
from assistant.saved import read_conversation
from assistant.sentences import LONGEST_MESSAGE
from assistant.shelf import Shelf
from corpus.embedding import SentenceEmbedder
from tests.ui.records import FIRST, SECOND, record
from ui.export import read_resume
from ui.plain import LARGEST_FORM, plain_routes, without
from ui.plain_page import Shown, page_html
from ui.plain_state import LONGEST_SEAL, BadSeal, Visit, key_of, seal, unseal
from ui.profile_form import Choices
from ui.record import Exchange
from ui.sections import sections

KEY = bytes(range(32))
COURSES = "Free online bookkeeping course?"


class Page(HTMLParser):
    """A page's tags, the words a person reads, and the fields that its form would send."""

    def __init__(self, response: Response | str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(response if isinstance(response, str) else response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str, name: str) -> list[str]:
        return [a.get("value") or "" for found, a in self.tags if found == tag and a.get("name") == name]

    @property
    def state(self) -> str:
        return self.named("input", "state")[0]


@pytest.fixture(scope="module")
def client(adviser: Adviser) -> TestClient:
    return serving(adviser)


def serving(adviser: Adviser) -> TestClient:
    app = FastAPI()
    app.include_router(plain_routes(adviser, key=KEY, program="0.1.0"))
    return TestClient(app, raise_server_exceptions=False)


def post(client: TestClient, path: str = "/plain", **fields: str) -> Response:
    return client.post(path, data=fields)


# A visit


def test_the_empty_page_is_small_and_has_a_form(client: TestClient) -> None:
    answered = client.get("/plain")
    assert answered.status_code == 200
    assert len(answered.content) < 20_000
    page = Page(answered)
    assert [a["action"] for tag, a in page.tags if tag == "form"] == ["/plain#answer"]
    assert "Your question" in page.text
    assert "set-cookie" not in answered.headers
    assert answered.headers["cache-control"] == "no-store"


def test_a_question_is_answered_with_numbered_sources_and_courses(client: TestClient) -> None:
    page = Page(post(client, q=COURSES))
    assert f"You asked: {COURSES}" in page.text
    assert "Courses to look at" in page.text
    assert ("a", "#source-1") in [(tag, a.get("href")) for tag, a in page.tags]
    assert "source-1" in [a.get("id") for _, a in page.tags]


def test_the_next_question_builds_on_the_one_before(client: TestClient) -> None:
    first = Page(post(client, q="I live in Wales and have £300. Which courses in care are online?"))
    assert "Wales" in first.text
    second = Page(post(client, q="What is the cheapest?", state=first.state))
    assert {"nation", "budget_gbp"} <= set(second.named("button", "remove"))
    assert "You asked: What is the cheapest?" in second.text


def test_a_fact_taken_away_gives_a_new_answer_in_place_of_the_old(client: TestClient) -> None:
    page = Page(post(client, q="I live in Wales and have £300. Which courses in care are online?"))
    after = Page(post(client, state=page.state, remove="budget_gbp", q="left in the box"))
    assert "budget_gbp" not in after.named("button", "remove")
    assert "nation" in after.named("button", "remove")
    assert after.text.count("You asked:") == 1
    assert len(unseal(after.state, KEY).exchanges) == 1


def test_a_limit_taken_off_is_gone(client: TestClient) -> None:
    page = Page(post(client, q=COURSES))
    limits = page.named("button", "lift")
    assert "max_price" in limits
    after = Page(post(client, state=page.state, lift="max_price"))
    assert "max_price" not in after.named("button", "lift")


def test_a_button_s_question_goes_before_what_is_in_the_box(client: TestClient) -> None:
    example = Page(client.get("/plain")).named("button", "say")[0]
    assert f"You asked: {example}" in Page(post(client, say=example, q="unsent")).text


def test_prior_learning_is_taken_away_piece_by_piece() -> None:
    both = (PriorLearning("HNC", year=2016), PriorLearning("A level"))
    profile = LearnerProfile().with_facts({"prior_learning": both, "nation": "Wales"}, "turn 1")
    assert without(profile, "prior_learning.0").prior_learning == both[1:]
    assert without(profile, "prior_learning.0").facts["prior_learning"].source == "turn 1"
    assert "prior_learning" not in without(without(profile, "prior_learning.1"), "prior_learning.0").facts
    for odd in ("prior_learning.7", "prior_learning.x", "nothing", "", "."):
        assert without(profile, odd) == profile


def test_welsh_is_there_for_the_interface(client: TestClient) -> None:
    page = Page(client.get("/plain?lang=cy"))
    assert ("html", {"lang": "cy"}) in page.tags
    answered = Page(post(client, q=COURSES, lang="cy"))
    assert ("div", {"id": "answer", "lang": "en-GB"}) in answered.tags
    assert ("html", {"lang": "en-GB"}) in Page(client.get("/plain?lang=klingon")).tags


# Downloads


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("advice.pdf", "application/pdf", b"%PDF-"),
        ("advice.html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("advice.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfsection,item"),
        ("advice.json", "application/json", b"{"),
        ("letter.pdf", "application/pdf", b"%PDF-"),
        ("letter.txt", "text/plain; charset=utf-8", b"Subject: "),
    ],
)
def test_the_whole_visit_can_be_downloaded(client: TestClient, name: str, kind: str, begins: bytes) -> None:
    first = Page(post(client, q=COURSES))
    second = Page(post(client, q="And in London?", state=first.state))
    file = post(client, f"/plain/{name}", state=second.state, q="")
    assert file.status_code == 200
    assert file.headers["content-type"] == kind
    assert file.headers["content-disposition"] == f'attachment; filename="stack-advisor-{name}"'
    assert file.content.startswith(begins)
    if name in ("advice.html", "advice.csv", "advice.json"):
        assert COURSES in file.text
        assert "And in London?" in file.text


def test_there_is_nothing_to_download_before_a_question(client: TestClient) -> None:
    refused = post(client, "/plain/advice.pdf", state="")
    assert refused.status_code == 400
    assert "Ask a question first" in refused.text


# What it refuses


def test_a_message_that_cannot_be_sent_stays_in_the_box(client: TestClient) -> None:
    page = Page(post(client, q=COURSES))
    empty = post(client, q="  ", state=page.state)
    assert empty.status_code == 400
    assert "Type a question first." in empty.text
    assert f"You asked: {COURSES}" in empty.text
    long = "Ŵ" * (LONGEST_MESSAGE + 1)
    refused = post(client, q=long)
    assert refused.status_code == 413
    assert f">{long}</textarea>" in refused.text


def test_the_longest_message_of_the_widest_letters_goes_through(client: TestClient) -> None:
    assert post(client, q="🦆" * LONGEST_MESSAGE).status_code == 200


@pytest.mark.parametrize("change", ["flip", "cut", "junk", "é", "other key", "swapped"])
def test_a_state_that_is_not_ours_starts_again(client: TestClient, change: str) -> None:
    ours = seal(Visit(exchanges=(Exchange("q", FIRST),)), KEY)
    forged = {
        "flip": ours[:60] + ("A" if ours[60] != "A" else "B") + ours[61:],
        "cut": ours[: len(ours) // 8 * 4],
        "junk": "x" * 3,
        "é": "é" * 40,
        "other key": seal(Visit(exchanges=(Exchange("q", FIRST),)), bytes(32)),
        "swapped": ours[:44] + seal(Visit(), KEY)[44:],
    }[change]
    with pytest.raises(BadSeal):
        unseal(forged, KEY)
    for path in ("/plain", "/plain/advice.pdf"):
        refused = post(client, path, state=forged, q="my question")
        assert refused.status_code == 400
        assert "has been cleared" in refused.text
        assert ">my question</textarea>" in refused.text


def test_nothing_unsigned_is_unpacked() -> None:
    bomb = zlib.compress(b"0" * 10_000_000)
    with pytest.raises(BadSeal):
        unseal(base64.urlsafe_b64encode(bytes(32) + bomb).decode(), KEY)


def test_a_visit_comes_back_whole_but_for_what_nothing_needs() -> None:
    profile = LearnerProfile().with_facts({"goal": "Ŵ \ud800"}, "form")
    visit = Visit(Conversation(profile), (Exchange("a?", FIRST), Exchange("b \ud800", SECOND)))
    back = unseal(seal(visit, KEY), KEY)
    assert [exchange.question for exchange in back.exchanges] == ["a?", "b ?"]
    assert back.exchanges[0].advice["claims"] == FIRST["claims"]
    assert "answer" not in back.exchanges[0].advice
    assert back.conversation.profile.get("goal") == "Ŵ ?"
    assert unseal("", KEY) == Visit()


def test_a_visit_that_has_grown_too_long_ends_but_can_be_downloaded(client: TestClient) -> None:
    chance = random.Random(6)
    visit = Visit()
    while len(seal(visit, KEY)) < LONGEST_SEAL - 4_000:
        question = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(1_000))
        visit = replace(visit, exchanges=(*visit.exchanges, Exchange(question, FIRST)))
    sealed = seal(visit, KEY)
    assert len(sealed) <= LONGEST_SEAL
    refused = post(client, q="".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(4_000)), state=sealed)
    assert refused.status_code == 413
    assert "has reached its limit" in refused.text
    assert Page(refused).state == sealed
    assert post(client, "/plain/letter.txt", state=sealed).status_code == 200


@pytest.mark.parametrize("size", [LARGEST_FORM + 1, 10_000_000])
def test_a_form_that_is_too_big_is_refused(client: TestClient, size: int) -> None:
    head = {"content-type": "application/x-www-form-urlencoded"}
    refused = client.post("/plain", content=b"q=" + b"x" * (size - 2), headers=head)
    assert refused.status_code == 413
    assert "more than this page can take" in refused.text
    assert len(refused.content) < 20_000


@pytest.mark.parametrize(
    ("content", "head", "status"),
    [
        (b"q=x" + b"&a=1" * 20, "application/x-www-form-urlencoded", 400),
        (b'{"q": "x"}', "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe=%ff&q=%", "application/x-www-form-urlencoded; charset=utf-8", 200),
    ],
)
def test_odd_forms_get_a_page(client: TestClient, content: bytes, head: str, status: int) -> None:
    answered = client.post("/plain", content=content, headers={"content-type": head})
    assert answered.status_code == status
    assert answered.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/plain"), ("DELETE", "/plain"), ("GET", "/plain/advice.pdf"), ("GET", "/plain/letter.txt")],
)
def test_a_wrong_method_is_not_allowed(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 405


def test_a_file_that_is_not_offered_is_not_there(client: TestClient) -> None:
    assert post(client, "/plain/advice.exe").status_code == 404


def test_without_an_index_the_question_is_kept(tmp_path: Path, embedder: SentenceEmbedder) -> None:
    client = serving(Adviser(Shelf(tmp_path, embedder)))
    for answered in (client.get("/plain"), post(client, q="my question"), client.post("/plain", content=b"x")):
        assert answered.status_code == 503
        assert "I cannot answer just now:" in answered.text
        assert str(tmp_path) not in answered.text
    assert ">my question</textarea>" in post(client, q="my question").text


class Failing(Adviser):
    """An adviser whose turns go wrong, at our own seam."""

    def advise(self, message: str, *_: object, **__: object) -> object:  # type: ignore[override]
        raise ZeroDivisionError(message)


def test_a_failure_is_told_without_what_was_typed_in_the_log(
    home: Path, embedder: SentenceEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    answered = post(serving(Failing(Shelf(home, embedder))), q="my secret question")
    assert answered.status_code == 500
    assert "I could not answer that:" in answered.text
    assert ">my secret question</textarea>" in answered.text
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


# Nothing in it is live

HOSTILE = """</textarea></style><script>alert(1)</script>'"><img src=x onerror=alert(1)> ${7*7} &amp;"""


def test_hostile_text_is_shown_as_it_is_everywhere(client: TestClient) -> None:
    sent = post(client, q=HOSTILE, lang=HOSTILE)
    refused = post(client, q=HOSTILE, state=HOSTILE, lang=HOSTILE)
    assert f"You asked: {HOSTILE}" in Page(sent).text
    assert refused.status_code == 400
    for answered in (sent, refused):
        assert not {"script", "img"} & {tag for tag, _ in Page(answered).tags}


def test_hostile_records_and_facts_are_shown_as_they_are() -> None:
    course = {**SECOND["courses"][0], "title": HOSTILE, "provider": HOSTILE, "url": "javascript:alert(1)"}
    advice = {**SECOND, "courses": [course], "follow_ups": [HOSTILE], "notices": [HOSTILE]}
    profile = LearnerProfile().with_facts(
        {"goal": HOSTILE, "prior_learning": (PriorLearning(HOSTILE, awarding_body=HOSTILE),)}, HOSTILE
    )
    visit = Visit(Conversation(profile), (Exchange(HOSTILE, advice),))
    made = replace(record(advice), limits=(HOSTILE,))
    page = Page(page_html(Shown(visit, HOSTILE, sections(made), Choices(), "en", HOSTILE, HOSTILE)))
    assert page.text.count(HOSTILE) >= 8
    assert {tag for tag, _ in page.tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "h2",
            "h3",
            "nav",
            "ul",
            "li",
            "a",
            "p",
            "div",
            "b",
            "br",
        ),
        *("section", "dl", "dt", "dd", "span", "blockquote", "form", "input", "textarea", "label", "button"),
    }
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    for tag, attributes in page.tags:
        if tag == "a":
            assert (attributes["href"] or "").startswith(("/", "#", "https://"))


def test_every_answer_forbids_scripts(client: TestClient) -> None:
    for answered in (client.get("/plain"), post(client, q=COURSES), post(client, q="")):
        policy = answered.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "<script" not in answered.text
        assert not re.search(r"(?:src|url)\s*[=(]", answered.text.replace("-src", ""))


# The key


def test_the_key_is_made_once_and_is_nobody_else_s(tmp_path: Path) -> None:
    key = key_of(tmp_path)
    assert len(key) == 32
    assert key_of(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "plain.key").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert key_of(tmp_path / "other") != key


def test_a_broken_key_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "plain.key").write_bytes(b"short")
    with pytest.raises(ValueError, match=r"5 bytes, expected 32; delete it, and a new one is made"):
        key_of(tmp_path)


def test_the_seal_of_an_ordinary_visit_is_small(client: TestClient) -> None:
    page = Page(post(client, q=COURSES))
    page = Page(post(client, q="And in Wales?", state=page.state))
    assert len(page.state) < 6_000


def test_a_download_resumes_the_conversation_elsewhere(client: TestClient) -> None:
    page = Page(post(client, q="I live in Wales. " + COURSES))
    saved = post(client, "/plain/advice.json", state=page.state).content
    assert read_conversation(read_resume(saved)) == unseal(page.state, KEY).conversation
