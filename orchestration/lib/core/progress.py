"""What a run is doing, for whoever started it in this process and is waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["listening", "report"]

_listener: ContextVar[Callable[[str], None] | None] = ContextVar(
    "listener", default=None
)


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Hear of the progress made inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(line: str) -> None:
    """Say how far the work is; lost when nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(line)
