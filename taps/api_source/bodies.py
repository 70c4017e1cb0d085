"""Bodies of answers, read whole, in time, and not taken for more than they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
import requests
from urllib3.exceptions import HTTPError as BrokenBody
from urllib3.exceptions import ReadTimeoutError

__all__ = [
    "Unanswered",
    "broken_connections_count",
    "decoded",
    "decoded_lines",
    "read_within",
    "steadily",
]

_Answer = TypeVar("_Answer")

_BLOCK_BYTES = 256 * 1024


class Unanswered(Exception):
    """One attempt failed in a way that another may not."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


def read_within(response: requests.Response, seconds: float) -> None:
    """Read the body; requests limits the time between two bytes, not the whole."""
    deadline = time.monotonic() + seconds
    pieces = []
    for piece in _pieces(response):
        pieces.append(piece)
        if time.monotonic() > deadline:
            raise Unanswered(f"the answer took longer than {seconds:.0f} s")
    response._content = b"".join(pieces)


def steadily(response: requests.Response, seconds: float) -> Iterator[bytes]:
    """The body of a file of any size, as long as it comes at a bearable speed."""
    deadline, received = time.monotonic() + seconds, 0
    for piece in _pieces(response):
        yield piece
        received += len(piece)
        if received >= _BLOCK_BYTES:
            deadline, received = time.monotonic() + seconds, 0
        elif time.monotonic() > deadline:
            raise Unanswered(
                f"the file comes too slowly, {received} bytes in {seconds:.0f} s"
            )


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives: iter_content would wait until a block is full."""
    while piece := response.raw.read1(_BLOCK_BYTES, decode_content=True):
        yield piece


def decoded(response: requests.Response) -> Any:
    """The JSON of a body that was read; Unanswered when it is cut off."""
    try:
        return msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        raise Unanswered("the answer is cut off or not JSON") from None


def decoded_lines(response: requests.Response) -> Iterator[Any]:
    """The JSON of each line of a body that was read; Unanswered when one is cut off."""
    try:
        for line in response.content.splitlines():
            if line.strip():
                yield msgspec.json.decode(line)
    except msgspec.DecodeError:
        raise Unanswered("a line of the answer is cut off or not JSON") from None


def broken_connections_count(ask: Callable[[], _Answer]) -> Callable[[], _Answer]:
    """The same call, whose broken connections are attempts that went unanswered."""

    def attempt() -> _Answer:
        try:
            return ask()
        except (requests.RequestException, BrokenBody, OSError) as error:
            # The URL in these messages may hold a token: only the kind is told.
            raise Unanswered(_in_words(error)) from None

    return attempt


def _in_words(error: Exception) -> str:
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | BrokenBody):
        return "the answer broke off"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
