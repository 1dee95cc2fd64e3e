"""What the log says when something fails: where, and never what somebody typed."""

from __future__ import annotations

import logging
import traceback


def note_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Where `what` failed, without the exception's own text: it may hold what somebody typed."""
    log.error("%s failed: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
