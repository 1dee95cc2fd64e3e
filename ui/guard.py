"""What stands before every request and behind every answer of the server. Plain ASGI, so it covers pages, API and files alike.

Before: is the request meant for us (host), does it come from our own pages (origin), is the door open, is it small, slow
or frequent enough. Behind: what browsers are told to refuse, and that nothing is kept. It writes no message text and no
address anywhere.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import ipaddress
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ui.limits import Buckets, Full, Limits, Turnstile, whole_seconds
from ui.noted import note_failure

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

log = logging.getLogger(__name__)

PAGES = frozenset({"/", "/adviser", "/adviser/", "/adviser/login"})
"""The pages that Gradio renders."""

DOORS = re.compile(
    r"/(?:$|health$|api(?:/|$)|plain(?:[./]|$)|adviser$)"
    r"|/(?:adviser/)?(?:$|assets/|static/|svelte/|theme\.css$|favicon\.ico$|robots\.txt$|config/?$|log(?:in|out)/?$"
    r"|gradio_api/(?:queue/(?:join|data)$|call/|upload(?:_progress)?$|file=|heartbeat/|reset/?$|cancel$|startup-events$|login_check/?$"
    r"|component_server/?$|theme\.css$|info/?$|openapi\.json$|mcp(?:/http)?/?$))"
)
"""What the server answers to. Gradio brings more (proxy, recorder, code editor, run history, monitoring): those are shut."""

ASSETS = re.compile(
    r"/(?:adviser/)?(?:assets|static|svelte)/|/(?:adviser/)?(?:favicon\.ico|theme\.css|gradio_api/theme\.css)$"
)
"""The program's own files: the same for every visitor, so browsers may keep them."""
WORKED = re.compile(r"/(?:api|plain|gradio_api/mcp)(?:[./]|$)")
"""Where a request is answered while it waits. Questions from the page wait in Gradio's own queue."""

PAGE_POLICY = (
    "default-src 'self'",
    # Gradio compiles the templates of its HTML component and its event scripts with `Function`, hence 'unsafe-eval'. Inline
    # scripts run only if they are, word for word, those that the server itself put into the page.
    "script-src 'self' 'unsafe-eval' {hashes}",
    # Gradio and Plotly set style attributes and add style elements while the page runs.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'none'",
    "worker-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
STRICT_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""For everything that is not a Gradio page: nothing of it may run a script."""

SAID_TO_BROWSERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), "
    "accelerometer=(), gyroscope=(), magnetometer=(), display-capture=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}

INLINE_SCRIPT = re.compile(rb"<script\b(?![^>]*\bsrc\s*=)[^>]*>(.*?)</script", re.I | re.S)
SESSION = re.compile(rb'"session_hash"\s*:\s*"([A-Za-z0-9_-]{1,64})"')
"""The page's own name for an open window. Inside a text of the same body its quotes would be escaped, so it is never taken from one."""


class Refused(Exception):
    """A request that is not answered: the status, one plain sentence, and after how many seconds to come back, if ever."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(status, sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after


@dataclass(frozen=True, slots=True)
class Asked:
    """What the guard looks at in a request."""

    method: str
    path: str
    query: bytes
    headers: dict[str, str]
    address: str

    @classmethod
    def of(cls, scope: Scope) -> Asked:
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1").lower()
            headers[key] = f"{headers[key]},{value.decode('latin-1')}" if key in headers else value.decode("latin-1")
        client = scope.get("client")
        return cls(scope["method"], scope["path"], scope.get("query_string", b""), headers, client[0] if client else "")

    @property
    def sends(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def page(self) -> bool:
        return self.path in PAGES

    @property
    def counted(self) -> bool:
        """Whether it costs more than handing out a file."""
        return self.sends or self.page or (self.path.startswith("/plain") and bool(self.query))

    @property
    def worked(self) -> bool:
        return self.counted and WORKED.match(self.path) is not None


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names this server goes by, in lower case. Bare addresses and localhost are always known: a foreign site can make
    its own *name* lead here, and then read our answers as its own (DNS rebinding), but it cannot do so with an address."""

    names: frozenset[str] = frozenset()

    def knows(self, host: str) -> bool:
        """Whether a `Host` header means this server; the port does not matter."""
        name = _name_of(f"//{host}")
        if name is None:
            return False
        return name == "localhost" or name in self.names or _is_address(name)

    def is_own(self, origin: str, hosts: Iterable[str]) -> bool:
        """Whether an `Origin` is one of our own pages: the very host that was asked, or one of our names."""
        asked = urlsplit(origin).netloc.lower() if _name_of(origin) else ""
        return asked != "" and (asked in [host.lower() for host in hosts] or _name_of(origin) in self.names)


def _name_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """The middleware. One per process, since it counts."""

    def __init__(self, app: App, hosts: Hosts, limits: Limits, head: str = "") -> None:
        """`head`: what the pages add to Gradio's own; its scripts may run."""
        self._app = app
        self._hosts = hosts
        self._limits = limits
        self._head = script_hashes(head.encode())
        self._sessions = Buckets(limits.session, limits.most_keys)
        self._addresses = Buckets(limits.address, limits.most_keys)
        self._signins = Buckets(limits.signin, limits.most_keys)
        self._turnstile = Turnstile(limits.at_once, limits.waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Asked.of(scope)
        reply = _Reply(asked, self._head, send)
        try:
            self._check(asked)
            if asked.sends:
                receive = await self._received(asked, receive)
            elif asked.counted:
                self._take(self._addresses, asked.address)
            async with AsyncExitStack() as stack:
                if asked.worked:
                    await stack.enter_async_context(self._turnstile.through())
                await self._app(reply.scope(scope), receive, reply)
        except Refused as refusal:
            await reply.refuse(refusal)
        except Full:
            await reply.refuse(Refused(503, "Many people are asking at once. Please try again in a few seconds.", 5))
        except Exception as error:
            note_failure(log, asked.path, error)
            await reply.refuse(Refused(500, "Something went wrong on this side. It has been noted; please try again."))

    def _check(self, asked: Asked) -> None:
        """Raises `Refused` unless the request is meant for us, comes from our own pages or no page, and asks for something we have."""
        forwarded = asked.headers.get("x-forwarded-host")
        hosts = [
            asked.headers.get("host", ""),
            *(part.strip() for part in (forwarded or "").split(",") if part.strip()),
        ]
        if not all(self._hosts.knows(host) for host in hosts):
            raise Refused(
                421, "This server does not go by that name. Whoever runs it can add the name to STACK_ADVISOR_HOSTS."
            )
        origin = asked.headers.get("origin")
        if origin is not None and not self._hosts.is_own(origin, hosts):
            raise Refused(403, "Requests from another website's pages are not answered.")
        if DOORS.match(asked.path) is None:
            raise Refused(404, "There is nothing at this address.")

    async def _received(self, asked: Asked, receive: Receive) -> Receive:
        """The whole body, counted and measured. Raises `Refused` if it is too large, too slow or one too many."""
        self._take(self._addresses, asked.address)
        if asked.path.rstrip("/").endswith("/login"):
            self._take(self._signins, asked.address)
        small = WORKED.match(asked.path) is not None
        body = await self._body(asked, receive, self._limits.body if small else self._limits.page_body)
        session = None if small else SESSION.search(body)
        if session is not None:
            self._take(self._sessions, session[1].decode())
        return _replayed(body, receive)

    async def _body(self, asked: Asked, receive: Receive, most: int) -> bytes:
        too_large = Refused(413, f"That is too much at once: at most {most // 1024:,} kilobytes can be sent.")
        stated = asked.headers.get("content-length", "0")
        if not stated.isdecimal() or int(stated) > most:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.patience):
                while True:
                    message = await receive()
                    body += message.get("body", b"")
                    if len(body) > most:
                        raise too_large
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError as error:
            raise Refused(408, "What you sent took too long to arrive. Please try again.") from error

    def _take(self, buckets: Buckets, key: str) -> None:
        wait = buckets.take(key, time.monotonic())
        if wait:
            seconds = whole_seconds(wait)
            unit = "second" if seconds == 1 else "seconds"
            raise Refused(429, f"That was a lot in a short time. Please wait {seconds} {unit} and try again.", seconds)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body that was read, then whatever else comes (a visitor who leaves)."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


class _Reply:
    """Passes an answer on with our headers. A page is held back until it is whole, so that its scripts can be listed."""

    def __init__(self, asked: Asked, head: tuple[str, ...], send: Send) -> None:
        self._asked = asked
        self._head = head
        self._send = send
        self._begun = False
        self._held: Message | None = None
        self._page = bytearray()

    def scope(self, scope: Scope) -> Scope:
        """The request as the application sees it: it must not compress a page that we still have to read."""
        if not self._asked.page:
            return scope
        return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            if self._asked.page and _header(message["headers"], b"content-type").startswith(b"text/html"):
                self._held = message
                return
            policy = STRICT_POLICY
            message = {**message, "headers": [*_kept(message["headers"]), *self._headers(message, policy)]}
        elif self._held is not None:
            self._page += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._held, bytes(self._page))
            return
        await self._send(message)

    async def refuse(self, refusal: Refused) -> None:
        """An error in the form the asker reads: a line for a person's browser, JSON for a program."""
        if self._begun:
            return
        self._held = None
        if "text/html" in self._asked.headers.get("accept", ""):
            body, kind = refusal.sentence.encode(), b"text/plain; charset=utf-8"
        else:
            body, kind = (
                json.dumps({"error": refusal.sentence, "detail": refusal.sentence}).encode(),
                b"application/json",
            )
        headers: Headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        if refusal.retry_after is not None:
            headers.append((b"retry-after", str(refusal.retry_after).encode()))
        if self._asked.sends:
            # The body may still be on its way; it is not read, so the connection cannot be used again.
            headers.append((b"connection", b"close"))
        await self({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self({"type": "http.response.body", "body": body})

    async def _send_page(self, start: Message, body: bytes) -> None:
        hashes = dict.fromkeys((*script_hashes(body), *self._head))
        policy = "; ".join(PAGE_POLICY).format(hashes=" ".join(hashes))
        headers = [*_kept(start["headers"]), *self._headers(start, policy), (b"vary", b"accept-encoding")]
        if "gzip" in self._asked.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 6)
            headers.append((b"content-encoding", b"gzip"))
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"" if self._asked.method == "HEAD" else body})

    def _headers(self, start: Message, policy: str) -> Headers:
        asset = start["status"] in (200, 206, 304) and ASSETS.match(self._asked.path) is not None
        kept = {"cache-control": "public, max-age=3600" if asset else "no-store"}
        said = {**SAID_TO_BROWSERS, **kept, "content-security-policy": policy}
        return [(name.encode(), value.encode()) for name, value in said.items()]


# An answer may bring a policy of its own that is stricter still: a browser keeps to both.
OURS = frozenset(name.encode() for name in (*SAID_TO_BROWSERS, "cache-control", "server"))


def _kept(headers: Headers) -> Headers:
    """An answer's own headers, less those we set and those that would let other sites read it."""
    return [
        (name, value)
        for name, value in headers
        if name.lower() not in OURS and not name.lower().startswith(b"access-control-")
    ]


def _header(headers: Headers, wanted: bytes) -> bytes:
    return next((value for name, value in headers if name.lower() == wanted), b"")


def script_hashes(page: bytes) -> tuple[str, ...]:
    """The inline scripts of a page as sources of a content security policy, in order."""
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in INLINE_SCRIPT.findall(page)
    )
