"""A scripted engine that speaks the OpenAI chat-completions protocol over HTTP, streamed or whole. For tests of what can go wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Says:
    """What the engine does next. `pieces` are the reply's text as it is streamed, joined if it is asked for whole."""

    pieces: tuple[str, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=lambda: {"message": "no", "type": "x"})
    finish: str = "stop"
    refusal: str | None = None
    tool_call: str | None = None
    """Arguments of a call to a tool that nobody offered."""
    hangs_after: int | None = None
    """Says this many pieces and then nothing more, with the connection open."""
    breaks_after: int | None = None
    """Says this many pieces and then closes the connection."""
    pause: float = 0.0
    """Seconds before each piece of a stream."""


def text(*pieces: str) -> Says:
    return Says(pieces)


class ModelServer:
    """`script` is what it says, one entry a request, the last again and again; `requests` is what it was sent."""

    def __init__(self) -> None:
        self.script: list[Says] = [text("")]
        self.requests: list[dict[str, Any]] = []
        self.url = ""
        self._lock = threading.Lock()
        self.stopped = threading.Event()

    def next(self, request: dict[str, Any]) -> Says:
        with self._lock:
            self.requests.append(request)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A running server on a free port of this machine."""
    state = ModelServer()

    class Handler(_Handler):
        server_state = state

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Clients that hang up are expected here."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: ModelServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        says = self.server_state.next(request)
        if says.status != 200:
            self._whole(says.status, {"error": says.error}, says.headers)
        elif request.get("stream"):
            self._stream(says)
        elif says.hangs_after is not None:
            self.server_state.stopped.wait()
        elif says.breaks_after is not None:
            self.close_connection = True
        else:
            message = {"role": "assistant", "content": "".join(says.pieces) or None, "refusal": says.refusal}
            if says.tool_call is not None:
                message["tool_calls"] = [_call(says.tool_call)]
            choice = {"index": 0, "message": message, "finish_reason": says.finish}
            self._whole(200, {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE})

    def _whole(self, status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, says: Says) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._events(says)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _events(self, says: Says) -> None:
        self._event({"role": "assistant"})
        if says.refusal is not None:
            self._event({"refusal": says.refusal})
        if says.tool_call is not None:
            self._event({"tool_calls": [{"index": 0, **_call(says.tool_call)}]})
        for place, piece in enumerate(says.pieces):
            if place == says.hangs_after:
                self.server_state.stopped.wait()
                return
            if place == says.breaks_after:
                self.close_connection = True
                return
            self.server_state.stopped.wait(says.pause)
            self._event({"content": piece})
        if says.hangs_after == 0 and not says.pieces:
            self.server_state.stopped.wait()
        self._event({}, says.finish)
        self._send("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self._send(f"data: {json.dumps({**_HEAD, 'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n")

    def _send(self, event: str) -> None:
        content = event.encode()
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


_HEAD = {"id": "x", "created": 1, "model": "scripted"}
_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _call(arguments: str) -> dict[str, Any]:
    return {"id": "call-1", "type": "function", "function": {"name": "search_the_web", "arguments": arguments}}
