"""Services that carry messages to people, through the apprise library.

An address is one of its URLs (mailto://, slack://, json://, ...). It holds passwords
and tokens: it is never shown, logged, or part of an error.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from orchestration.lib.alerts.errors import ChannelBroken, NotDelivered
from orchestration.lib.alerts.messages import Message

__all__ = ["addressed_to", "check_address", "send"]

# Services whose address begins with a host name; of the others it may be a token.
_WITH_HOST = re.compile(r"^(mailto|json|xml|form|ntfy|gotify|matrix)s?$")
_RECIPIENTS = ("to", "cc", "bcc")
_SHORTEST_SECRET = 3
_LONGEST_ERROR = 300


def check_address(address: str) -> str:
    """The service of an address, such as ``mailtos``.

    Raises
    ------
    ChannelBroken
        The library does not understand it, or it reaches several people at once: a
        refusal by one of them would send the message to the others again.
    """
    from apprise import Apprise

    with _captured():
        services = Apprise()
        services.add(address)
    targets = sum(len(service) for service in services)
    if not targets:
        raise ChannelBroken(
            "The address is not understood. It looks like "
            "mailtos://user:password@smtp.example.com?from=a@example.com&to=b@example.com,"
            " slack://TOKEN/TOKEN/TOKEN/#channel or json://host/path."
        )
    if targets > 1:
        raise ChannelBroken(
            f"The address reaches {targets} recipients. Add one channel for each, or a "
            "mailing list: else a refusal by one sends it to the others again."
        )
    return urlsplit(address).scheme


def addressed_to(address: str, recipient: str) -> str:
    """A mail address that reaches one other person, through the same server."""
    parts = urlsplit(address)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _RECIPIENTS
    ]
    query = urlencode([*kept, ("to", recipient)])
    return urlunsplit(parts._replace(path="", query=query))


def send(address: str, message: Message) -> None:
    """Send one message to one address, once.

    Raises
    ------
    NotDelivered
        With what the service said, without any part of the address that is secret.
    """
    from apprise import Apprise, NotifyFormat

    service = Apprise()
    with _captured() as lines:
        service.add(address)
        delivered = service.notify(
            title=message.title,
            body=message.body,
            body_format=NotifyFormat.HTML if message.is_html else NotifyFormat.TEXT,
            attach=[str(path) for path in message.attachments] or None,
        )
    if not delivered:
        raise NotDelivered(_without_secrets(". ".join(lines), address))


# What the libraries said of the message that is being sent. They send in threads of
# their own, and take the context along.
_HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)


class _Lines(logging.Handler):
    """Lets each message hear what it made a library say."""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        lines = _HEARD.get()
        is_telling = record.levelno >= logging.WARNING or text.startswith("Socket")
        if lines is not None and is_telling:
            lines.append(text.removeprefix("Socket Exception: ").strip())


class _Silence:
    """Keeps logs to ourselves while any thread sends; the last one opens them again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._senders = 0
        self._before: list[tuple[int, bool, list[logging.Handler]]] = []

    def begin(self) -> None:
        with self._lock:
            self._senders += 1
            if self._senders > 1:
                return
            self._before = [(o.level, o.propagate, o.handlers) for o in self._loggers]
            handlers = (_Lines(), logging.NullHandler())
            for logger, handler in zip(self._loggers, handlers, strict=True):
                logger.handlers, logger.propagate = [handler], False
                logger.setLevel(logging.DEBUG)

    def end(self) -> None:
        with self._lock:
            self._senders -= 1
            if self._senders:
                return
            for logger, state in zip(self._loggers, self._before, strict=True):
                logger.setLevel(state[0])
                logger.propagate, logger.handlers = state[1:]

    @property
    def _loggers(self) -> list[logging.Logger]:
        return [logging.getLogger(name) for name in ("apprise", "urllib3")]


_SILENCE = _Silence()


@contextmanager
def _captured() -> Iterator[list[str]]:
    """What the libraries log, which may hold an address: here, and nowhere else.

    Companies are told at the same time, and one must not read of another's address.
    """
    lines: list[str] = []
    _SILENCE.begin()
    token = _HEARD.set(lines)
    try:
        yield lines
    finally:
        _HEARD.reset(token)
        _SILENCE.end()


def _without_secrets(text: str, address: str) -> str:
    parts = urlsplit(address)
    secrets = {address, parts.username, parts.password, parts.query, parts.fragment}
    secrets |= set(parts.path.split("/"))
    secrets |= {value for _, value in parse_qsl(parts.query)}
    if not _WITH_HOST.match(parts.scheme):
        secrets.add(parts.hostname)
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for spelling in (secret, unquote(secret)):
            if len(spelling) >= _SHORTEST_SECRET:
                text = re.sub(re.escape(spelling), "***", text, flags=re.IGNORECASE)
    text = " ".join(text.split()) or "The service gave no reason"
    return f"{text[:_LONGEST_ERROR].rstrip('.')}."
