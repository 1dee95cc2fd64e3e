"""The web server: Gradio's pages, the plain page, the API and the MCP tools behind one guard. With `ui.plain` the one place
that imports fastapi, and the only one that imports uvicorn.

    /                   the learner's page          /plain      the same advice without script
    /api/docs           the API, in words           /adviser    the adviser's desk, if sign-in is set up
    /api/openapi.json   the API, for programs       /health     whether it can answer
    /gradio_api/mcp/    the MCP tools, streamable HTTP
"""

from __future__ import annotations

import asyncio
import datetime
import html
import inspect
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any, get_type_hints

# Gradio reads this when it is imported; set later, it would still report the first launch to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import gradio.queueing
import gradio.route_utils
import gradio.routes
import uvicorn
from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from gradio.events import api
from pydantic import BaseModel, ConfigDict, Field, create_model

from assistant.advise import Adviser
from corpus.index import IndexProblem
from ui import page as learner
from ui.checked import BadInput
from ui.database import DatabaseProblem
from ui.described import described
from ui.guard import Guard, Hosts
from ui.limits import Limits
from ui.noted import note_failure
from ui.plain import key_of, plain_routes
from ui.quoted import Json
from ui.settings import ServeSettings
from ui.signin import named_by_proxy, read_advisers
from ui.signin_page import SignInPage
from ui.store import Store
from ui.tools import Tools

Tool = Callable[..., Json]

PROGRAM = version("stack-advisor")

GRACE = 2
"""Seconds that answers being worked on have to finish when the server is told to stop."""
MOST_CONNECTIONS = 1_000
BETWEEN_TIDYING = 3_600
"""Seconds."""
ABOUT = (
    "Which UK short courses fit, what they count towards, what they cost and who decides, from records and rules that each "
    "carry their source and date. Every value is as stated: null means that the source does not say. Send JSON; nothing "
    'you send is stored. Errors are one sentence: {"error": …, "field": …}.'
)
ERRORS: dict[int | str, dict[str, Any]] = {
    413: {"description": "The request is too large."},
    422: {"description": "A value cannot be used; `field` names it and `error` says what would do."},
    429: {"description": "Too many requests; `Retry-After` says how many seconds to wait."},
    503: {"description": "Too busy, or the index cannot be read; try again after `Retry-After`, if it is given."},
}
CANNOT_READ = (
    "I cannot answer just now: the index of courses and rules cannot be read. Whoever runs this can mend it ({})."
)
WENT_WRONG = "Something went wrong on this side. It has been noted; please try again."

log = logging.getLogger(__name__)


def serve(adviser: Adviser, store: Store, settings: ServeSettings, host: str, port: int) -> None:
    """Serves until it is interrupted or told to stop. Raises `OSError` if the port is taken or the file of
    advisers cannot be read, `SigninProblem` if it cannot be used, `IndexProblem` without an index."""
    # Opened before the first visitor comes: it takes a second, and several visitors at once must not each do it.
    adviser.shelf.current()
    _print_where_and_not_what()
    # An orderly end is no failure: whoever opened the database closes it, and the exit code is 0.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = build_app(adviser, store, settings)
    with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as door:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=True,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=GRACE,
            limit_concurrency=MOST_CONNECTIONS,
        )
        _Server(config, f"http://{f'[{host}]' if ':' in host else host}:{port}").run(sockets=[door])


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A page keeps a line open for as long as it is looked at; those lines are cut, which is no error to tell of.
        logging.getLogger("uvicorn.error").addFilter(_is_no_cut)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Stack Advisor is at {self._address}", flush=True)  # noqa: T201


def _is_no_cut(record: logging.LogRecord) -> bool:
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and not record.getMessage().startswith("Cancel ")


def build_app(adviser: Adviser, store: Store, settings: ServeSettings, limits: Limits | None = None) -> FastAPI:
    """The whole application. It counts requests, so there is one per process."""
    app = FastAPI(
        lifespan=_tidying(store, settings.keep_days),
        title="Stack Advisor",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    tools = Tools(adviser).all()
    _add_errors(app)
    _add_health(app, adviser)
    _add_api(app, tools)
    app.include_router(plain_routes(adviser, key=key_of(settings.home), program=PROGRAM))
    page = learner.build(adviser, store, keep_days=settings.keep_days, program=PROGRAM)
    heads = [_add_desk(app, adviser, store, settings), _add_page(app, page, tools)]
    app.add_middleware(Guard, hosts=Hosts(settings.hosts), limits=limits or Limits(), head="".join(heads))
    return app


def _tidying(store: Store, keep_days: int) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """While the server runs, deletes what was kept too long, once an hour."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(tidy())
        yield
        task.cancel()

    async def tidy() -> None:
        while True:
            try:
                await asyncio.to_thread(store.expire, datetime.datetime.now(tz=datetime.UTC), keep_days)
            except DatabaseProblem as problem:
                log.error("old sessions could not be deleted: %s", problem)
            await asyncio.sleep(BETWEEN_TIDYING)

    return running


def _add_desk(app: FastAPI, adviser: Adviser, store: Store, settings: ServeSettings) -> str:
    """The adviser's desk, if sign-in is set up; gives what it adds to the page's head."""
    signin: dict[str, Any]
    if settings.adviser_header is not None:
        signin = {"auth_dependency": named_by_proxy(settings.adviser_header)}
    elif settings.advisers is not None:
        signin = {"auth": read_advisers(settings.advisers).check}
    else:
        return ""
    from ui import adviser as desk

    # The learner's page answers to every address that is nobody else's, so the desk's is needed without its slash, too.
    app.get("/adviser", include_in_schema=False)(_to_desk)
    options = desk.desk_options()
    page = desk.build(adviser, store, PROGRAM, sign_out="/adviser/logout" if "auth" in signin else "")
    gr.mount_gradio_app(app, page, path="/adviser", **options, **signin)
    if "auth" in signin:
        app.add_middleware(SignInPage)
    return str(options["head"])


def _to_desk() -> Response:
    return RedirectResponse("/adviser/")


def _add_page(app: FastAPI, page: gr.Blocks, tools: tuple[Tool, ...]) -> str:
    """The learner's page with the MCP tools; gives what it adds to the page's head. Gradio answers to whatever no route before
    it does, so it comes last."""
    with page:
        for tool in tools:
            if tool.__name__ not in {function.api_name for function in page.fns.values()}:
                api(_for_mcp(tool), api_name=tool.__name__, queue=False)
    options = learner.page_options()
    gr.mount_gradio_app(app, page, path="/", mcp_server=True, **options)
    return str(options["head"])


def _for_mcp(tool: Tool) -> Callable[..., str]:
    """The tool with its result as JSON text, and every failure as one sentence that names nothing of ours."""

    @wraps(tool)
    def call(*given: Any, **named: Any) -> str:
        try:
            return json.dumps(tool(*given, **named), ensure_ascii=False)
        except BadInput as fault:
            raise _Told(str(fault)) from fault
        except IndexProblem as problem:
            raise _Told(CANNOT_READ.format(problem.remedy)) from problem
        except Exception as error:
            note_failure(log, tool.__name__, error)
            raise _Told(WENT_WRONG) from error

    call.__doc__ = described(tool).docstring()
    call.__annotations__ = {**get_type_hints(tool), "return": str}
    return call


class _Told(gr.Error):
    """An error whose sentence reaches the caller as it is, and nothing of it the log."""

    def __init__(self, sentence: str) -> None:
        super().__init__(html.escape(sentence, quote=False), print_exception=False)
        self._sentence = sentence

    def __str__(self) -> str:
        return self._sentence


class _Where:
    """Stands in for the `traceback` module in Gradio's own modules."""

    @staticmethod
    def print_exc() -> None:
        error = sys.exc_info()[1]
        if error is not None:
            note_failure(log, "an event of a page", error)


def _print_where_and_not_what() -> None:
    """Gradio prints every event that failed, with the exception's text, and that text may be a whole message that somebody
    typed. It has no setting for it."""
    for module in (gradio.queueing, gradio.routes, gradio.route_utils):
        module.traceback = _Where  # type: ignore[attr-defined]


def _add_api(app: FastAPI, tools: tuple[Tool, ...]) -> None:
    for tool in tools:
        said = described(tool)
        app.post(f"/api/{tool.__name__}", summary=said.summary, description=said.text, responses=ERRORS)(_for_api(tool))

    def docs() -> str:
        return docs_html(tools)

    for path in ("/api", "/api/", "/api/docs"):
        app.get(path, include_in_schema=False, response_class=HTMLResponse)(docs)


def _for_api(tool: Tool) -> Callable[..., Json]:
    """The tool as an endpoint: its arguments are the fields of one JSON object."""
    arguments = described(tool).arguments
    hints = get_type_hints(tool)
    fields: dict[str, Any] = {
        name: (
            Annotated[hints[name], Field(description=arguments[name])],
            ... if parameter.default is parameter.empty else parameter.default,
        )
        for name, parameter in inspect.signature(tool).parameters.items()
    }
    model: type[BaseModel] = create_model(tool.__name__, __config__=ConfigDict(extra="forbid", strict=True), **fields)

    def call(asked: BaseModel) -> Json:
        return tool(**{name: getattr(asked, name) for name in fields})

    call.__name__ = tool.__name__
    call.__annotations__ = {"asked": Annotated[model, Body()], "return": dict[str, Any]}
    return call


def _add_errors(app: FastAPI) -> None:
    """Every error in the one form: {"error": sentence, "field": name or null}."""

    def bad_input(_: Request, fault: BadInput) -> Response:
        return _error(422, str(fault), fault.field)

    def bad_request(_: Request, fault: RequestValidationError) -> Response:
        first = fault.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
        return _error(422, f"{field}: {first['msg'][:1].lower()}{first['msg'][1:]}", field)

    def no_index(_: Request, problem: IndexProblem) -> Response:
        return _error(503, CANNOT_READ.format(problem.remedy))

    app.add_exception_handler(BadInput, bad_input)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, bad_request)  # type: ignore[arg-type]
    app.add_exception_handler(IndexProblem, no_index)  # type: ignore[arg-type]


def _error(status: int, sentence: str, field: str | None = None) -> Response:
    return JSONResponse({"error": sentence, "field": field}, status)


def _add_health(app: FastAPI, adviser: Adviser) -> None:
    @app.get("/health", summary="Whether this process can answer", responses={503: {"description": "Not now."}})
    def health() -> Response:
        try:
            digest = adviser.shelf.current().catalogue.digest
        except IndexProblem:
            return JSONResponse({"status": "not ready"}, 503)
        return JSONResponse({"status": "ready", "corpus": digest})


def docs_html(tools: tuple[Tool, ...]) -> str:
    """The API on one page that needs no script and nothing from elsewhere."""
    parts = "".join(_tool_html(tool) for tool in tools)
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Stack Advisor: API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:auto;padding:1rem}"
        "dt{font-weight:600;margin-top:.5rem}dd{margin:0 0 0 1rem}code{overflow-wrap:anywhere}</style></head><body><main>"
        f"<h1>Stack Advisor: API</h1><p>{html.escape(ABOUT, quote=False)}</p>"
        '<p>For programs: <a href="/api/openapi.json">OpenAPI description</a>. For assistants: the same functions are MCP '
        "tools (streamable HTTP) at <code>/gradio_api/mcp/</code>.</p>"
        f"{parts}</main></body></html>"
    )


def _tool_html(tool: Tool) -> str:
    said = described(tool)
    defaults = {name: one.default for name, one in inspect.signature(tool).parameters.items()}
    arguments = "".join(
        f"<dt><code>{name}</code>{_optional(defaults[name])}</dt><dd>{html.escape(text, quote=False)}</dd>"
        for name, text in said.arguments.items()
    )
    return (
        f"<h2 id='{tool.__name__}'><code>POST /api/{tool.__name__}</code></h2>"
        f"<p>{html.escape(said.text, quote=False)}</p><dl>{arguments}</dl>"
    )


def _optional(default: object) -> str:
    if default is inspect.Parameter.empty:
        return " (needed)"
    return f" (if left out: {html.escape(json.dumps(default), quote=False)})"
