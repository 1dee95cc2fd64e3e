"""What goes wrong with a language model, told apart and put in words, and when to leave it alone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What can go wrong with a model."""

    TIMED_OUT = "timed_out"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    NONSENSE = "nonsense"
    MALFORMED = "malformed"
    TOOL_CALL = "tool_call"
    CUT_SHORT = "cut_short"
    UNREACHABLE = "unreachable"
    NOT_ALLOWED = "not_allowed"
    TOO_LONG = "too_long"
    FAILED = "failed"
    RESTING = "resting"


REASONS = {
    Fault.TIMED_OUT: "the language model took too long",
    Fault.RATE_LIMITED: "the language model has too much to do just now",
    Fault.REFUSED: "the language model declined to answer",
    Fault.NONSENSE: "the language model said nothing that could be used",
    Fault.MALFORMED: "the language model's reply was not in the agreed form",
    Fault.TOOL_CALL: "the language model tried to use a tool instead of answering",
    Fault.CUT_SHORT: "the language model broke off in the middle",
    Fault.UNREACHABLE: "the language model could not be reached",
    Fault.NOT_ALLOWED: "the language model does not accept this program's key",
    Fault.TOO_LONG: "this was too long for the language model",
    Fault.FAILED: "the language model failed",
    Fault.RESTING: "the language model failed several times, so it is left alone for a minute",
}
"""Each fault in words for anyone: no key, no address, nothing that was typed."""


class ModelUnavailable(Exception):
    """No usable reply. `reason` is safe to show; `wait` is how many seconds the model asked to be left alone, if it did."""

    def __init__(self, reason: Fault | str, wait: float | None = None) -> None:
        self.fault = reason if isinstance(reason, Fault) else Fault.FAILED
        self.reason = REASONS[reason] if isinstance(reason, Fault) else reason
        self.wait = wait
        super().__init__(self.reason)

    def __str__(self) -> str:
        return self.reason


_FAULTS = {
    # LangChain's own names, which its providers' errors inherit from
    "ContextOverflowError": Fault.TOO_LONG,
    "ModelRateLimitError": Fault.RATE_LIMITED,
    "ModelTimeoutError": Fault.TIMED_OUT,
    "ModelConnectionError": Fault.UNREACHABLE,
    "ModelAuthenticationError": Fault.NOT_ALLOWED,
    "ModelPermissionDeniedError": Fault.NOT_ALLOWED,
    "OutputParserException": Fault.MALFORMED,
    # what gets through as the provider's, the HTTP client's or the parser's own
    "LengthFinishReasonError": Fault.CUT_SHORT,
    "ContentFilterFinishReasonError": Fault.REFUSED,
    "RemoteProtocolError": Fault.CUT_SHORT,
    "ReadError": Fault.CUT_SHORT,
    "TimeoutException": Fault.TIMED_OUT,
    "TimeoutError": Fault.TIMED_OUT,
    "NetworkError": Fault.UNREACHABLE,
    "ConnectionError": Fault.UNREACHABLE,
    "JSONDecodeError": Fault.MALFORMED,
    "ValidationError": Fault.MALFORMED,
}
_CONTEXT = re.compile(r"context.{0,20}(?:length|window|size)|too many tokens|prompt is too long", re.I)


def fault_of_error(error: Exception) -> Fault:
    """The kind of fault behind whatever a provider's client raised."""
    if isinstance(error, ModelUnavailable):
        return error.fault
    names = [kind.__name__ for kind in type(error).__mro__]
    fault = next((_FAULTS[name] for name in names if name in _FAULTS), Fault.FAILED)
    if fault is Fault.FAILED and _CONTEXT.search(f"{error} {getattr(error, 'code', '')}"):
        return Fault.TOO_LONG
    if "ValidationError" in names and hasattr(error, "errors"):
        found = error.errors()[0]
        return fault_of_text(str(found["input"])) if found["type"] == "json_invalid" else fault
    return fault


def asked_to_wait(error: Exception) -> float | None:
    """Seconds in the reply's Retry-After header, if it has one."""
    asked = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    return float(asked) if re.fullmatch(r"\d{1,4}", asked) else None


def fault_in(message: Any) -> Fault | None:
    """What is wrong with a LangChain message, whole or a piece of one, that no words of it can mend."""
    how = {str(message.response_metadata.get(name, "")).lower() for name in ("finish_reason", "stop_reason")}
    if message.additional_kwargs.get("refusal") or how & {"content_filter", "refusal", "safety"}:
        return Fault.REFUSED
    calls = (getattr(message, name, None) for name in ("tool_call_chunks", "tool_calls", "invalid_tool_calls"))
    return Fault.TOOL_CALL if any(calls) else None


_REFUSAL = re.compile(
    r"^\W*(?:(?:i'?m|i\s+am)\s+(?:sorry|unable|not\s+able)|sorry|i\s+(?:can(?:no|')?t|won'?t))\b", re.I
)


def fault_of_text(text: str) -> Fault:
    """Why a reply's words could not be used, given that they could not."""
    if _REFUSAL.search(text.replace("’", "'")):
        return Fault.REFUSED
    return Fault.MALFORMED if "{" in text else Fault.NONSENSE


class Breaker:
    """Leaves a model alone that does not answer, so that it does not cost every turn the whole time limit. Thread-safe."""

    AFTER = 2
    """Faults in a row before it is left alone."""
    PAUSE = 60.0
    """Seconds. Then one call may try again, and the others wait for how that goes."""
    COUNTED = frozenset({Fault.TIMED_OUT, Fault.RATE_LIMITED, Fault.UNREACHABLE, Fault.NOT_ALLOWED, Fault.FAILED})
    """Faults of the model, not of what it was asked: else one person's odd messages would switch it off for all."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    def enter(self) -> None:
        """Raises `ModelUnavailable` while the model is left alone."""
        with self._lock:
            now = self._clock()
            if now < self._closed_until:
                raise ModelUnavailable(Fault.RESTING)
            if self._failures >= self.AFTER:
                self._closed_until = now + self.PAUSE

    def failed(self, failure: ModelUnavailable) -> None:
        if failure.fault not in self.COUNTED:
            self.succeeded()
            return
        with self._lock:
            self._failures += 1
            if failure.wait is not None:
                self._closed_until = self._clock() + min(failure.wait, self.PAUSE)
            elif self._failures >= self.AFTER:
                self._closed_until = self._clock() + self.PAUSE

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._closed_until = 0.0
