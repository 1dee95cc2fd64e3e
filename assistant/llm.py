"""A language model behind one narrow seam. The one place that imports langchain's chat models.

A model may say what a message asks (`understanding.py`) and put checked claims into other words (`rewording.py`). Whatever it
does, a reply or a named fault comes back within the time it was given.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from assistant.model_faults import Breaker, Fault, asked_to_wait, fault_in, fault_of_error, fault_of_text
from assistant.model_faults import ModelUnavailable as ModelUnavailable
from assistant.prompting import Prompt


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a model may take in all and between two pieces of a reply, in seconds, and how much it may say.

    It is asked to stop at `tokens`; not every engine listens, so a stream is cut at `characters`.
    """

    total: float = 20.0
    idle: float = 10.0
    tokens: int = 1_500
    characters: int = 12_000


Schema = TypeVar("Schema", bound=BaseModel)


class LanguageModel(Protocol):
    """Answers prompts. `name` is "provider:model", or what tests call it. Both raise `ModelUnavailable`."""

    name: str

    def fill(self, prompt: str | Prompt, schema: type[Schema]) -> Schema:
        """An instance of `schema`."""
        ...

    def stream(self, prompt: str | Prompt) -> Iterator[str]:
        """The reply's text, piece by piece as it comes; pieces end anywhere."""
        ...


class ChatModel:
    """Any LangChain chat model, by its `init_chat_model` string ("ollama:llama3.2", "openai:gpt-4o-mini").

    The provider's own environment variables hold its key and address: OPENAI_API_KEY, and OPENAI_BASE_URL (or
    OPENAI_API_BASE, which wins) for any engine that speaks that protocol. One instance serves many threads.
    """

    def __init__(self, name: str, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        from langchain.chat_models import init_chat_model

        self.name = name
        self._limits = limits or Limits()
        try:
            self._model: Any = init_chat_model(name, temperature=0, **_bounds(name, self._limits))
        except Exception as error:
            # Every provider's client refuses in its own way: no package, no key, no such model.
            reason = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise ModelUnavailable(f"model {name!r} cannot be set up: {reason}") from error
        self._breaker = Breaker(clock)

    def fill(self, prompt: str | Prompt, schema: type[Schema]) -> Schema:
        structured = self._model.with_structured_output(schema, include_raw=True)
        (reply,) = self._guarded(lambda: [structured.invoke(_messages(prompt))])
        if isinstance(reply["parsed"], schema):
            return reply["parsed"]
        raise ModelUnavailable(fault_in(reply["raw"]) or fault_of_text(reply["raw"].text))

    def stream(self, prompt: str | Prompt) -> Iterator[str]:
        said = 0
        try:
            for chunk in self._guarded(lambda: self._model.stream(_messages(prompt))):
                if fault := fault_in(chunk):
                    raise ModelUnavailable(fault)
                said += len(chunk.text)
                if said > self._limits.characters:
                    raise ModelUnavailable(Fault.NONSENSE)
                yield str(chunk.text)
        except ModelUnavailable as failure:
            broke_off = said > 0 and failure.fault is Fault.UNREACHABLE
            raise ModelUnavailable(Fault.CUT_SHORT) if broke_off else failure from failure.__cause__

    def _guarded(self, ask: Callable[[], Iterable[Any]]) -> Iterator[Any]:
        self._breaker.enter()
        try:
            yield from in_time(ask, self._limits)
        except ModelUnavailable as failure:
            self._breaker.failed(failure)
            raise
        self._breaker.succeeded()


def _bounds(name: str, limits: Limits) -> dict[str, Any]:
    """The provider's own limits, as a second line behind ours. Retries are off: they would not know our time limit."""
    if name.startswith("ollama:"):
        return {"num_predict": limits.tokens, "client_kwargs": {"timeout": limits.total}}
    return {"max_tokens": limits.tokens, "timeout": limits.total, "max_retries": 0}


def _messages(prompt: str | Prompt) -> str | list[tuple[str, str]]:
    return prompt if isinstance(prompt, str) else [("system", prompt.system), ("human", prompt.data)]


_DONE = object()


def in_time(ask: Callable[[], Iterable[Any]], limits: Limits) -> Iterator[Any]:
    """What `ask()` gives, piece by piece, as long as it keeps to the limits. Raises `ModelUnavailable`.

    `ask` runs in a thread of its own: a client that hangs is left behind, and ends by its own time limit.
    """
    pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
    abandoned = threading.Event()

    def work() -> None:
        try:
            for piece in ask():
                if abandoned.is_set():
                    return
                pieces.put(piece)
            pieces.put(_DONE)
        except Exception as error:  # whatever a client raises is told to the one who waits
            pieces.put(error)

    threading.Thread(target=work, name="model", daemon=True).start()
    deadline = time.monotonic() + limits.total
    try:
        while (piece := _next(pieces, deadline, limits.idle)) is not _DONE:
            if isinstance(piece, Exception):
                raise ModelUnavailable(fault_of_error(piece), asked_to_wait(piece)) from piece
            yield piece
    finally:
        abandoned.set()


def _next(pieces: queue.SimpleQueue[Any], deadline: float, idle: float) -> Any:
    left = deadline - time.monotonic()
    try:
        if left > 0:
            return pieces.get(timeout=min(left, idle))
    except queue.Empty:
        pass
    raise ModelUnavailable(Fault.TIMED_OUT)
