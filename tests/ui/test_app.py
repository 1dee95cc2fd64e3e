"""The server as a whole: who is answered, how much at once, what browsers are told, and how it ends."""

import asyncio
import contextlib
import gzip
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from tests.browser.conftest import ROOT, free_port, serving
from tests.ui.alone import run_alone
from ui.cli import main
from ui.guard import Guard, Hosts, script_hashes
from ui.limits import Limits, Rate
from ui.settings import ServeSettings, SettingProblem
from ui.tools import Tools

TOOLS = ("search_courses", "audit_stack", "plan_stack", "explain_rule", "convert_credit", "ask")
BODIES: dict[str, dict[str, Any]] = {
    "search_courses": {"about": "bookkeeping"},
    "audit_stack": {"award": "ou-certhe-open", "prior_learning": []},
    "plan_stack": {"award": "ou-certhe-open"},
    "explain_rule": {"about": "Does old credit expire?"},
    "convert_credit": {"amount": 30},
    "ask": {"question": "30 ECTS in UK credits?"},
}


@dataclass(frozen=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(address: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Got:
    """One request as it is written here, `Host` and all. Header names with _ for -."""
    place = urlsplit(address)
    assert place.hostname is not None
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Accept": "*/*", **named})
        reply = connection.getresponse()
        return Got(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    finally:
        connection.close()


def post(address: str, path: str, value: Any, **headers: str) -> Got:
    return send(address, "POST", path, json.dumps(value).encode(), Content_Type="application/json", **headers)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's own words go."""
    return tmp_path_factory.mktemp("app") / "said.txt"


@pytest.fixture(scope="module")
def address(home: Path, said: Path) -> Iterator[str]:
    shutil.copytree(home, said.parent / "home")
    with serving(said.parent / "home", said) as address:
        yield address


# API


def test_the_openapi_description_names_every_endpoint(address: str) -> None:
    spec = send(address, "GET", "/api/openapi.json").json
    assert spec["openapi"].startswith("3.")
    assert set(spec["paths"]) == {*(f"/api/{name}" for name in TOOLS), "/health"}
    for name in TOOLS:
        operation = spec["paths"][f"/api/{name}"]["post"]
        assert len(operation["description"]) > 100
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = spec["components"]["schemas"][reference.rsplit("/", 1)[1]]
        assert all(len(field["description"]) > 10 for field in schema["properties"].values())
        assert {"200", "413", "422", "429", "503"} <= set(operation["responses"])
    assert _references(spec) <= {f"#/components/schemas/{name}" for name in spec["components"]["schemas"]}


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(part) for part in value.values()))
    return set().union(*(_references(part) for part in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("name", TOOLS)
def test_each_endpoint_answers(address: str, name: str) -> None:
    got = post(address, f"/api/{name}", BODIES[name])
    assert got.status == 200
    assert "never instructions" in got.json["note"]


def test_an_endpoint_says_what_the_function_says(address: str, adviser: Any) -> None:
    assert post(address, "/api/audit_stack", BODIES["audit_stack"]).json == Tools(adviser).audit_stack(
        "ou-certhe-open", []
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"about": 5}', "about"),
        (b"{}", "about"),
        (b'{"about": "x", "colour": "red"}', "colour"),
        (b'{"about": "x", "level": "four"}', "level"),
        (b'{"about": "x", "max_price_gbp": -1}', "max_price_gbp"),
        (b'{"about": "x", "max_price_gbp": NaN}', "max_price_gbp"),
        (b"[]", "body"),
        (b"null", "body"),
    ],
)
def test_bad_input_is_422_and_names_the_field(address: str, body: bytes, field: str) -> None:
    got = send(address, "POST", "/api/search_courses", body, Content_Type="application/json")
    assert got.status == 422
    assert got.json["field"] == field
    assert field in got.json["error"]
    assert "\n" not in got.json["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"about": "x", "level": ' + b"9" * 6000 + b"}"])
def test_what_is_not_json_is_an_error_and_nothing_worse(address: str, body: bytes) -> None:
    got = send(address, "POST", "/api/search_courses", body, Content_Type="application/json")
    assert got.status in (400, 422)
    assert b"Traceback" not in got.body


def test_the_docs_need_no_script_and_no_other_host(address: str) -> None:
    for path in ("/api", "/api/", "/api/docs"):
        page = send(address, "GET", path)
        assert page.status == 200
        text = page.body.decode()
        assert "<script" not in text
        assert not re.search(r"(?:src|href)=['\"](?!/api/openapi\.json)", text)
        assert all(f"/api/{name}" in text for name in TOOLS)


def test_health_says_ready_and_nothing_secret(address: str) -> None:
    got = send(address, "GET", "/health")
    assert got.status == 200
    assert set(got.json) == {"status", "corpus"}
    assert got.json["status"] == "ready"


# What browsers are told


EVERYWHERE = (
    "/",
    "/plain",
    "/api/docs",
    "/api/openapi.json",
    "/health",
    "/theme.css",
    "/no-such-thing",
    "/gradio_api/info",
)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_headers(address: str, path: str) -> None:
    headers = send(address, "GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control-")]
    assert headers["cache-control"] == ("public, max-age=3600" if path == "/theme.css" else "no-store")


def test_errors_carry_the_headers_too(address: str) -> None:
    for got in (
        post(address, "/api/search_courses", {}),
        post(address, "/api/search_courses", {"about": "x" * 300_000}),
        send(address, "GET", "/health", Origin="https://evil.example"),
        send(address, "DELETE", "/api/ask"),
    ):
        assert got.status >= 400
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cache-control"] == "no-store"


def test_the_page_runs_only_its_own_scripts(address: str) -> None:
    page = send(address, "GET", "/")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert "'unsafe-inline'" not in policy["script-src"]
    assert all(hashed in policy["script-src"] for hashed in script_hashes(page.body))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == "'self'"
    assert "http" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/plain", "/api/docs", "/gradio_api/mcp/", "/gradio_api/info"])
def test_nothing_else_runs_any_script(address: str, path: str) -> None:
    policy = send(address, "GET", path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_the_page_is_the_same_squeezed(address: str) -> None:
    plain = send(address, "GET", "/").body
    squeezed = send(address, "GET", "/", Accept_Encoding="gzip, br")
    assert squeezed.headers["content-encoding"] == "gzip"
    assert re.sub(rb"\d", b"", gzip.decompress(squeezed.body)) == re.sub(rb"\d", b"", plain)
    assert len(squeezed.body) < len(plain) / 2


# Who is answered


@pytest.mark.parametrize(
    "path", ["/api/ask", "/gradio_api/mcp/", "/gradio_api/queue/join", "/gradio_api/call/ask", "/plain"]
)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example", "x"]
)
def test_other_websites_pages_are_not_answered(address: str, path: str, origin: str) -> None:
    got = post(address, path, {"question": "hello"}, Origin=origin)
    assert got.status == 403
    assert "another website" in got.json["error"]


def test_our_own_pages_are_answered(address: str) -> None:
    assert post(address, "/api/convert_credit", {"amount": 1}, Origin=address).status == 200
    port = urlsplit(address).port
    local = f"localhost:{port}"
    assert post(address, "/api/convert_credit", {"amount": 1}, Host=local, Origin=f"http://{local}").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example", ""]
)
def test_a_foreign_name_for_this_machine_is_not_answered(address: str, host: str) -> None:
    """DNS rebinding: the browser takes evil.example for its own site, and the name leads here."""
    assert send(address, "GET", "/", Host=host).status in (400, 421)
    assert send(address, "GET", "/gradio_api/mcp/", Host=host, Accept="text/event-stream").status in (400, 421)
    if host:
        assert send(address, "GET", "/health", X_Forwarded_Host=host).status == 421


SHUT = (
    "/gradio_api/proxy=https://example.com", "/gradio_api/run/ask", "/gradio_api/api/ask", "/gradio_api/vibe-code", "/monitoring",
    "/gradio_api/vibe-edit", "/gradio_api/process_recording", "/gradio_api/deep_link", "/gradio_api/run-history/records",
    "/gradio_api/dev/reload", "/gradio_api/stream/x", "/gradio_api/mcp/sse", "/gradio_api/mcp/x/gradio_api/mcp", "/docs", "/openapi.json",
    "/pwa_icon", "/gradio_api/runs", "/plainly", "/apiary",
)  # fmt: skip


@pytest.mark.parametrize("path", SHUT)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_doors_nobody_needs_are_shut(address: str, path: str, method: str) -> None:
    assert send(address, method, path).status == 404


def test_no_file_of_the_machine_is_handed_out(address: str, said: Path) -> None:
    for wanted in (
        "/etc/passwd",
        str(said),
        str(ROOT / "ui" / "app.py"),
        "../" * 12 + "etc/passwd",
        str(said.parent / "home" / "plain.key"),
    ):
        for path in (f"/gradio_api/file={wanted}", f"/static/{wanted}", f"/assets/{wanted}"):
            assert send(address, "GET", path.replace(" ", "%20")).status in (400, 403, 404), path


# How much


def test_a_body_too_large_is_refused_before_it_is_read(address: str) -> None:
    place = urlsplit(address)
    assert place.port is not None
    with socket.create_connection(("127.0.0.1", place.port), timeout=20) as line:
        line.sendall(
            f"POST /api/ask HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
            "Content-Length: 999999999\r\n\r\n{".encode()
        )
        assert line.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_that_grows_too_large_is_refused_as_well(address: str) -> None:
    place = urlsplit(address)
    assert place.port is not None
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=20)
    try:
        connection.putrequest("POST", "/api/ask")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        try:
            for _ in range(64):
                connection.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            connection.send(b"0\r\n\r\n")
        # The server may have hung up on what was still coming, which is as good.
        with contextlib.suppress(ConnectionError):
            assert connection.getresponse().status == 413
    finally:
        connection.close()


class Counted:
    """The guard around the smallest application, so that limits can be small and time short."""

    def __init__(self, limits: Limits) -> None:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            body = (await receive()).get("body", b"")
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})

        self._guard = Guard(app, Hosts(), limits)

    async def post(self, path: str, body: bytes = b"{}", address: str = "10.0.0.1") -> Got:
        scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"", "client": (address, 1),
            "headers": [(b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode())],
        }  # fmt: skip
        told: list[Any] = []

        half = len(body) // 2
        coming = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]

        async def receive() -> Any:
            return coming.pop(0) if coming else {"type": "http.disconnect"}

        async def tell(message: Any) -> None:
            told.append(message)

        await self._guard(scope, receive, tell)
        headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return Got(told[0]["status"], headers, b"".join(message.get("body", b"") for message in told[1:]))


def test_too_many_requests_are_429_with_a_plain_sentence_until_the_time_told_is_over() -> None:
    async def visit() -> None:
        server = Counted(Limits(address=Rate(burst=3, a_second=2)))
        assert [(await server.post("/api/ask")).status for _ in range(4)] == [200, 200, 200, 429]
        refused = await server.post("/api/ask")
        assert refused.json["error"] == "That was a lot in a short time. Please wait 1 second and try again."
        assert (await server.post("/api/ask", address="10.0.0.2")).status == 200
        await asyncio.sleep(int(refused.headers["retry-after"]))
        assert (await server.post("/api/ask")).status == 200

    run_alone(visit())


def test_one_open_page_cannot_use_up_the_share_of_another_behind_the_same_address() -> None:
    def asks(session: str) -> bytes:
        return json.dumps({"data": ['"session_hash": "forged"'], "session_hash": session}).encode()

    async def visit() -> None:
        server = Counted(Limits(session=Rate(burst=2, a_second=0.01)))
        statuses = [(await server.post("/gradio_api/queue/join", asks("mine"))).status for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert (await server.post("/gradio_api/queue/join", asks("yours"))).status == 200

    run_alone(visit())


def test_passwords_cannot_be_tried_quickly() -> None:
    async def visit() -> None:
        server = Counted(Limits(signin=Rate(burst=2, a_second=0.01)))
        assert [(await server.post("/adviser/login")).status for _ in range(3)] == [200, 200, 429]
        assert (await server.post("/adviser/login", address="10.0.0.2")).status == 200

    run_alone(visit())


def test_the_application_gets_the_very_body_that_was_sent() -> None:
    body = os.urandom(5000)
    assert run_alone(Counted(Limits()).post("/plain", body)).body == body


# Privacy


def test_nothing_that_was_typed_is_in_the_servers_own_words(address: str, said: Path) -> None:
    typed = "zanzibarquestion"
    post(address, "/api/ask", {"question": f"{typed}?"})
    post(address, "/api/ask", {"question": typed, "profile": {typed: typed}})
    post(address, "/api/search_courses", {"about": "x", "nation": typed})
    post(address, "/gradio_api/call/search_courses", {"data": [typed, None, typed]})
    send(address, "POST", f"/api/{typed}", b"{")
    time.sleep(0.5)
    assert typed not in said.read_text()


# Settings


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    assert ServeSettings.of({}, tmp_path) == ServeSettings(tmp_path, f"sqlite:///{tmp_path / 'sessions.sqlite'}")
    told = {
        "STACK_ADVISOR_DATABASE_URL": "postgresql://u@h/d",
        "STACK_ADVISOR_KEEP_DAYS": "7",
        "STACK_ADVISOR_ADVISERS": "/etc/advisers",
        "STACK_ADVISOR_ADVISER_HEADER": "X-User",
        "STACK_ADVISOR_HOSTS": "Advice.example.ac.uk, stack.example",
    }
    assert ServeSettings.of(told, tmp_path) == ServeSettings(
        tmp_path,
        "postgresql://u@h/d",
        7,
        Path("/etc/advisers"),
        "X-User",
        frozenset({"advice.example.ac.uk", "stack.example"}),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STACK_ADVISOR_KEEP_DAYS", "soon"),
        ("STACK_ADVISOR_KEEP_DAYS", "0"),
        ("STACK_ADVISOR_KEEP_DAYS", "²"),
        ("STACK_ADVISOR_HOSTS", "https://advice.example"),
        ("STACK_ADVISOR_HOSTS", "*"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingProblem) as problem:
        ServeSettings.of({name: value}, tmp_path)
    assert str(problem.value).startswith(name)


def test_a_named_host_is_known_and_its_pages_are_ours() -> None:
    hosts = Hosts(frozenset({"advice.example"}))
    assert hosts.knows("advice.example")
    assert hosts.knows("ADVICE.example:443")
    assert hosts.is_own("https://advice.example", ["127.0.0.1:7860"])
    assert not hosts.is_own("https://other.example", ["127.0.0.1:7860"])
    assert not hosts.knows("other.example")
    assert Hosts().knows("[::1]:7860")


# The adviser's desk


def test_the_desk_is_not_there_unless_sign_in_is_set_up(address: str) -> None:
    assert send(address, "GET", "/adviser/").status == 404
    assert send(address, "GET", "/adviser/config").status == 404
    assert post(address, "/adviser/gradio_api/queue/join", {}).status == 404


def test_the_desk_opens_for_a_password_and_for_nothing_else(
    address: str, said: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of its own, because sign-in is set up when it starts; `address` has made sure of the index."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    line = io.StringIO()
    with contextlib.redirect_stdout(line):
        assert main(["hash-password", "pat"], {}) == 0
    advisers = tmp_path / "advisers.txt"
    advisers.write_text(line.getvalue(), encoding="utf-8")
    monkeypatch.setenv("STACK_ADVISOR_ADVISERS", str(advisers))
    with serving(said.parent / "home", tmp_path / "said.txt") as own:
        assert send(own, "GET", "/adviser").headers["location"] == "/adviser/"
        form = send(own, "GET", "/adviser/").body
        assert b"<title>Sign in" in form
        assert b'"auth_required":true' not in form
        assert send(own, "GET", "/adviser/config").status == 401
        assert sign_in(own, "wrong horse battery").status == 400
        let_in = sign_in(own, "correct horse battery")
        assert let_in.status == 200
        cookie = let_in.headers["set-cookie"].split(";")[0]
        assert "httponly" in let_in.headers["set-cookie"].lower()
        page = send(own, "GET", "/adviser/", Cookie=cookie)
        assert page.status == 200
        assert b"<title>Sign in" not in page.body
        assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
        assert send(own, "GET", "/").status == 200


def sign_in(address: str, password: str) -> Got:
    body = f"username=pat&password={password.replace(' ', '+')}".encode()
    return send(address, "POST", "/adviser/login", body, Content_Type="application/x-www-form-urlencoded")


# How it ends


@pytest.mark.parametrize(("how", "codes"), [(signal.SIGTERM, (0,)), (signal.SIGINT, (130,))])
def test_it_ends_cleanly_while_a_page_is_open(
    address: str, said: Path, tmp_path: Path, how: int, codes: tuple[int, ...]
) -> None:
    """A server of its own over the same index; `address` has made sure that there is one."""
    port, words = free_port(), tmp_path / "said.txt"
    environ = {**os.environ, "STACK_ADVISOR_HOME": str(said.parent / "home")}
    with words.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "ui", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 120
        while "Stack Advisor is at" not in words.read_text():
            assert server.poll() is None, words.read_text()
            assert time.monotonic() < end, words.read_text()
            time.sleep(0.1)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(f"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 200")
            server.send_signal(how)
            assert server.wait(20) in codes
        assert "Traceback" not in words.read_text()
        assert "ERROR" not in words.read_text()
    finally:
        server.kill()
        server.wait()


def test_a_port_in_use_is_one_line(address: str, said: Path) -> None:
    port = urlsplit(address).port
    done = subprocess.run(
        [sys.executable, "-m", "ui", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "STACK_ADVISOR_HOME": str(said.parent / "home")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
