"""A command that is asked to stop does so once, at once, and says how to go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import typer

from orchestration.cli.console import console

__all__ = ["STOPPED", "Stopped", "stop_if_requested", "stoppable"]

# What a shell says of a program that Ctrl-C ended: 128 and the number of the signal.
STOPPED = 128 + signal.SIGINT


class Stopped(KeyboardInterrupt):
    """Somebody stopped the command. No `Exception`, so nothing goes on after it."""


_heard: ContextVar[int | None] = ContextVar("heard", default=None)


@contextmanager
def stoppable(again: str) -> Iterator[None]:
    """End the command with code 130 when Ctrl-C or SIGTERM arrives inside the block.

    Dagster has a handler of its own while it runs, and turns what it hears into a run
    that failed. The system notes each signal in a pipe as well, whoever handles it, so
    none is overheard: see `stop_if_requested`.

    Parameters
    ----------
    again
        The command that goes on where this one stopped.

    Raises
    ------
    typer.Exit
    """
    ours, theirs = os.pipe()
    for end in (ours, theirs):
        os.set_blocking(end, False)
    noted_before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    handled_before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    token = _heard.set(ours)
    try:
        yield
    except BaseException as failure:
        if not isinstance(failure, KeyboardInterrupt) and not _is_requested(ours):
            raise
        console.print(
            "\n[yellow]Stopped.[/yellow] What was finished is kept, what was being "
            f"written was undone. It goes on where it stopped with: {again}",
            soft_wrap=True,
        )
        raise typer.Exit(STOPPED) from None
    finally:
        _heard.reset(token)
        signal.signal(signal.SIGTERM, handled_before)
        signal.set_wakeup_fd(noted_before)
        os.close(ours)
        os.close(theirs)


def stop_if_requested() -> None:
    """Stop if a signal came since the block of `stoppable` began.

    Raises
    ------
    Stopped
    """
    heard = _heard.get()
    if heard is not None and _is_requested(heard):
        raise Stopped


def _is_requested(heard: int) -> bool:
    noted = b""
    # Nothing to read is nothing heard.
    with suppress(BlockingIOError):
        noted = os.read(heard, 1024)
    return bool({signal.SIGINT, signal.SIGTERM} & set(noted))
