"""The plain page: the same advice as a form and a page, with no script at all.

    plain_routes(adviser, *, key, program) -> APIRouter

    GET  /plain?lang=en|cy      an empty page
    POST /plain                 one step: a question (`q`, or `say` from a button), or a fact (`remove`) or a limit (`lift`) taken
                                away; `state` is the hidden field of the page before
    POST /plain/advice.pdf      the whole visit so far as a file; also .html, .csv, .json, and letter.pdf, letter.txt

`key`: `key_of(home)`; `program`: the version that downloads name. Nothing is stored, see `ui.plain_state`. Whoever mounts the
routes sees to rates and to how many answers are worked on at once.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from assistant.advise import Advice, Adviser
from assistant.contract import advice_json
from assistant.profile import LearnerProfile
from assistant.saved import conversation_json
from assistant.sentences import LONGEST_MESSAGE
from corpus.index import IndexProblem
from ui.export import AdviceRecord, Exchange, letter, letter_pdf, record_of, titles_of, to_csv, to_html, to_json, to_pdf
from ui.noted import note_failure
from ui.plain_page import POLICY, Shown, page_html
from ui.plain_state import LONGEST_SEAL, BadSeal, Visit, key_of, seal, unseal
from ui.profile_form import Choices
from ui.sections import sections
from ui.words import LANGUAGES, Words, words

__all__ = ["key_of", "plain_routes"]

LARGEST_FORM = LONGEST_SEAL + 12 * LONGEST_MESSAGE + 10_000
"""Bytes of a form: the hidden field, and the longest message with every character as the form writes it ("%F0%9F%A6%86")."""
MOST_FIELDS = 12
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = logging.getLogger(__name__)

Fields = Mapping[str, str]


class Refused(Exception):
    """A step that is not taken: the status, the keys of what is said about it, and the values of the last one."""

    def __init__(self, status: int, *keys: str, **values: object) -> None:
        super().__init__(status, keys, values)
        self.status, self.keys, self.values = status, keys, values

    def sentence(self, w: Words) -> str:
        *before, last = self.keys
        return " ".join((*map(w, before), w(last, **self.values)))


def plain_routes(adviser: Adviser, *, key: bytes, program: str) -> APIRouter:
    """The routes of the plain page over one adviser."""
    router = APIRouter(include_in_schema=False)
    desk = _Desk(adviser, key, program)

    @router.get("/plain")
    def start(lang: str = "en") -> Response:
        return desk.handled({"lang": lang}, lambda visit, _: desk.page(visit, _language(lang)))

    @router.post("/plain")
    async def step(request: Request) -> Response:
        return await _handled(desk, request, desk.step)

    for name in FILES:
        router.post(f"/plain/{name}")(_download(desk, name))
    return router


def _download(desk: _Desk, name: str) -> Callable[[Request], object]:
    async def download(request: Request) -> Response:
        return await _handled(desk, request, lambda visit, _: desk.file(visit, name))

    return download


Step = Callable[[Visit, Fields], Response]


async def _handled(desk: _Desk, request: Request, step: Step) -> Response:
    """A posted form put to `step`; a page that says why, where that cannot be."""
    try:
        fields = await _form(request)
    except Refused as refused:
        sent = refused
        return await run_in_threadpool(desk.handled, {}, lambda visit, _: desk.refusal(visit, "en", sent))
    return await run_in_threadpool(desk.handled, fields, step)


async def _form(request: Request) -> Fields:
    """The fields of a form, the last of each name. Raises `Refused`."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refused(415, "errors.session_gone")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise Refused(413, "errors.too_big")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused(400, "errors.too_big") from error
    return dict(pairs)


class _Desk:
    """What the routes share: the adviser, the key, the version. It holds nothing of any visit."""

    def __init__(self, adviser: Adviser, key: bytes, program: str) -> None:
        self._adviser = adviser
        self._key = key
        self._program = program

    def handled(self, fields: Fields, step: Step) -> Response:
        """`step` on the visit that a form brings, whatever goes wrong."""
        try:
            return self._tried(fields, step)
        except IndexProblem as problem:
            # Without an index nothing can be looked up, so the page has only the form and what went wrong.
            language = _language(fields.get("lang", ""))
            said = Refused(503, "errors.index_title", "errors.index", remedy=problem.remedy).sentence(words(language))
            shown = Shown(Visit(), fields.get("state", ""), (), Choices(), language, said, _typed(fields))
            return HTMLResponse(page_html(shown), 503, HEADERS)

    def _tried(self, fields: Fields, step: Step) -> Response:
        language = _language(fields.get("lang", ""))
        visit = Visit()
        try:
            visit = unseal(fields.get("state", ""), self._key)
            return step(visit, fields)
        except BadSeal:
            return self.refusal(visit, language, Refused(400, "errors.session_gone"), _typed(fields))
        except Refused as refused:
            return self.refusal(visit, language, refused, _typed(fields))
        except IndexProblem:
            raise
        except Exception as error:
            note_failure(log, "a turn of the plain page", error)
            failed = Refused(500, "errors.failed_title", "errors.failed")
            return self.refusal(visit, language, failed, _typed(fields))

    def step(self, visit: Visit, fields: Fields) -> Response:
        """The page after one step. Raises `Refused`, for one because a visit has grown too long."""
        after = self._after(visit, fields)
        if len(seal(after, self._key)) > LONGEST_SEAL:
            raise Refused(413, "errors.too_many")
        return self.page(after, _language(fields.get("lang", "")))

    def _after(self, visit: Visit, fields: Fields) -> Visit:
        if fields.get("remove"):
            profile = without(visit.conversation.profile, fields["remove"])
            return self._again(replace(visit, conversation=visit.conversation.with_profile(profile)))
        if fields.get("lift"):
            return self._again(replace(visit, conversation=visit.conversation.without_limit(fields["lift"])))
        return self._asked(visit, _typed(fields))

    def _asked(self, visit: Visit, question: str) -> Visit:
        if not question.strip():
            raise Refused(400, "page.empty")
        if len(question) > LONGEST_MESSAGE:
            raise Refused(413, "page.too_long", n=len(question), most=LONGEST_MESSAGE)
        return _with(visit, visit.exchanges, question, self._adviser.advise(question, visit.conversation))

    def _again(self, visit: Visit) -> Visit:
        """The last question anew: its old answer rested on what is gone, so the new one takes its place."""
        if not visit.exchanges:
            raise Refused(400, "errors.session_gone")
        return _with(visit, visit.exchanges[:-1], visit.exchanges[-1].question, self._adviser.again(visit.conversation))

    def file(self, visit: Visit, name: str) -> Response:
        """A download of the whole visit."""
        if not visit.exchanges:
            raise Refused(400, "keep.nothing_yet")
        kind, made = FILES[name]
        content = made(self._record(visit, visit.exchanges))
        attached = {"Content-Disposition": f'attachment; filename="stack-advisor-{name}"'}
        return Response(content, media_type=kind, headers={**HEADERS, **attached})

    def page(self, visit: Visit, language: str, status: int = 200, said: str = "", typed: str = "") -> Response:
        """The page of a visit, with its last answer."""
        sealed = seal(visit, self._key)
        last = sections(self._record(visit, visit.exchanges[-1:])) if visit.exchanges else ()
        choices = Choices.of(self._adviser.shelf.current().catalogue)
        return HTMLResponse(page_html(Shown(visit, sealed, last, choices, language, said, typed)), status, HEADERS)

    def refusal(self, visit: Visit, language: str, refused: Refused, typed: str = "") -> Response:
        """The page as it was, with why nothing was done; what was typed stays in the box."""
        said = refused.sentence(words(language))
        return self.page(visit, language, refused.status, said, typed)

    def _record(self, visit: Visit, exchanges: tuple[Exchange, ...]) -> AdviceRecord:
        return record_of(
            exchanges,
            visit.conversation.profile.to_json(),
            made=datetime.datetime.now(tz=datetime.UTC).date(),
            program=self._program,
            titles=titles_of(self._adviser.shelf.current().catalogue),
            conversation=conversation_json(visit.conversation),
        )


FILES: Mapping[str, tuple[str, Callable[[AdviceRecord], str | bytes]]] = {
    "advice.pdf": ("application/pdf", to_pdf),
    "advice.html": ("text/html; charset=utf-8", to_html),
    "advice.csv": ("text/csv; charset=utf-8", lambda record: "\ufeff" + to_csv(record)),
    "advice.json": ("application/json", to_json),
    "letter.pdf": ("application/pdf", lambda record: letter_pdf(letter(record))),
    "letter.txt": ("text/plain; charset=utf-8", lambda record: letter(record).text()),
}
"""Downloads by name. The table starts with a byte order mark: without it, spreadsheets read £ and ŵ wrongly."""


def _with(visit: Visit, before: tuple[Exchange, ...], question: str, advice: Advice) -> Visit:
    return replace(
        visit, conversation=advice.conversation, exchanges=(*before, Exchange(question, advice_json(advice)))
    )


def without(profile: LearnerProfile, name: str) -> LearnerProfile:
    """The profile without a fact, or ("prior_learning.1") without one piece of prior learning; as it was if there is none."""
    field, _, place = name.partition(".")
    if field not in profile.facts:
        return profile
    rest = profile.without(field)
    if not place:
        return rest
    kept = tuple(item for number, item in enumerate(profile.prior_learning) if str(number) != place)
    return rest.with_facts({field: kept}, profile.facts[field].source) if kept else rest


def _typed(fields: Fields) -> str:
    """The question: a button's, or what is in the box."""
    return fields.get("say") or fields.get("q", "")


def _language(code: str) -> str:
    return code if code in LANGUAGES else "en"
