"""The model seam over HTTP: a scripted server that speaks the OpenAI protocol, through the real LangChain client."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant import llm
from assistant.advise import Adviser
from assistant.llm import ChatModel, ModelUnavailable, PromptError, fill_prompt


class Engine:
    """What the server says next: a status and a message content."""

    def __init__(self) -> None:
        self.status = 200
        self.content = ""
        self.delay = 0.0
        self.requests: list[dict[str, Any]] = []


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    state = Engine()
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            stopped.wait(state.delay)
            message = {"role": "assistant", "content": state.content}
            body = {
                "id": "x", "object": "chat.completion", "created": 1, "model": "scripted",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }  # fmt: skip
            content = json.dumps(body if state.status == 200 else {"error": {"message": "no", "type": "x"}}).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    yield state
    stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()


def reply(text: str, *statements: str) -> str:
    return json.dumps({"sentences": [{"text": text, "statements": list(statements)}]})


def test_a_real_client_gets_grounded_words(adviser: Adviser, engine: Engine) -> None:
    engine.content = reply("30 ECTS comes to about 60 UK credits.", "S1")
    advice = Adviser(adviser.shelf, ChatModel("openai:scripted")).advise("30 ECTS in UK credits?")
    assert [claim.text for claim in advice.answer.claims] == ["30 ECTS comes to about 60 UK credits."]
    assert advice.answer.evidence[0].url.startswith("http")
    assert "30 ECTS in UK credits?" in json.dumps(engine.requests[0])


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, "I would rather talk about the weather."), (200, "{}"), (200, '{"sentences": []}'), (429, ""), (500, "")],
)
def test_nonsense_and_errors_fall_back_to_plain_words(
    adviser: Adviser, engine: Engine, status: int, content: str
) -> None:
    engine.status, engine.content = status, content
    plain = adviser.advise("30 ECTS in UK credits?").answer
    answer = Adviser(adviser.shelf, ChatModel("openai:scripted")).advise("30 ECTS in UK credits?").answer
    assert answer.claims == plain.claims
    assert any("Plain wording was used" in notice for notice in answer.notices)
    assert "not-a-key" not in " ".join(answer.notices)


def test_a_slow_model_is_not_waited_for(adviser: Adviser, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "TIME_LIMIT", 0.2)
    engine.delay, engine.content = 5.0, reply("30 ECTS is about 60 UK credits.", "S1")
    answer = Adviser(adviser.shelf, ChatModel("openai:scripted")).advise("30 ECTS in UK credits?").answer
    assert any("did not answer within" in notice for notice in answer.notices)


@pytest.mark.parametrize("name", ["no-such-provider:x", "openai:without-a-key"])
def test_a_model_that_cannot_be_set_up_says_so_in_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelUnavailable, match="cannot be set up") as error:
        ChatModel(name)
    assert "\n" not in str(error.value)


def test_a_prompt_with_missing_or_unknown_variables_is_an_error() -> None:
    with pytest.raises(PromptError, match="needs"):
        fill_prompt("reword", question="q")
    with pytest.raises(PromptError, match="was given"):
        fill_prompt("reword", question="q", statements="s", mood="happy")
