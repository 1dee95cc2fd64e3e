"""The sign-in form of the adviser's desk. Gradio's own has no title, no heading and no landmark, so a screen reader is lost
in it; this one stands in its place and posts to the same address, which checks the password and sets the cookie.

Plain ASGI: put it inside the guard, around the application that Gradio is mounted in.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

DESK = re.compile(r"/adviser/?")
GRADIOS_OWN = re.compile(rb'"auth_required":\s*true')
"""What the page says that Gradio sends to someone who is not signed in."""


class SignInPage:
    """The application, with our form wherever Gradio would show its own."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._page = page_html().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] == "GET" and DESK.fullmatch(scope["path"])
        await self._app(scope, receive, _Exchanged(send, self._page) if asked else send)


class _Exchanged:
    """Passes an answer on whole, or our form in place of Gradio's."""

    def __init__(self, send: Send, page: bytes) -> None:
        self._send = send
        self._page = page
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        if GRADIOS_OWN.search(self._body):
            self._body = self._page
            headers = (
                (b"content-type", b"text/html; charset=utf-8"),
                (b"content-length", str(len(self._body)).encode()),
            )
            self._start = {**self._start, "headers": [*headers]}
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})


def page_html() -> str:
    """The form as a page of its own, with its style and its script in it."""
    folder = Path(__file__).parent
    style, script = ((folder / name).read_text(encoding="utf-8") for name in ("signin.css", "signin.js"))
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in: Adviser’s desk, Stack Advisor</title><style>{style}</style></head>
<body><main><h1>Adviser’s desk</h1><p>Sign in with the name and password that you were given.</p>
<form method="post"><div id="said" role="alert"></div>
<label for="name">Name</label>
<input id="name" name="username" required maxlength="60" autocomplete="username" autocapitalize="none" spellcheck="false">
<label for="password">Password</label>
<input id="password" name="password" type="password" required maxlength="72" autocomplete="current-password">
<button type="submit">Sign in</button></form>
<noscript><p>The desk needs JavaScript. Advice without it is on the <a href="/plain">plain page</a>.</p></noscript></main>
<script>{script}</script></body></html>
"""
