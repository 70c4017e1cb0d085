"""Errors that say which call failed, what is wrong and what to do about it."""

from __future__ import annotations

import re

__all__ = [
    "AccessDenied",
    "NoAnswer",
    "RateLimited",
    "SourceError",
    "TokenExpired",
    "TooMuchData",
    "redact",
]

_SECRETS = re.compile(
    r"(?i)(shp[a-z]{2}_\w+|\bpk_\w{8,}|ya29\.[\w.-]+"
    r"|(?:bearer|klaviyo-api-key)\s+[^\s\"',]+"
    r"|(?:access_token|refresh_token|client_secret|appsecret_proof|developer-token"
    r"|api_?key|code|assertion)[\"']?\s*[=:]\s*[\"']?[^\s\"'&,}]+)"
)


class SourceError(Exception):
    """A source did not give what was asked of it.

    Parameters
    ----------
    problem
        What is wrong, a clause without a full stop. Secrets are removed from it.
    call
        What was being asked for, such as ``orders, page 3``.
    remedy
        What the reader can do, a sentence.
    """

    def __init__(self, problem: str, *, call: str = "", remedy: str = "") -> None:
        self.problem = redact(problem)
        self.call = call
        self.remedy = remedy
        said = f"{call}: {self.problem}" if call else self.problem
        super().__init__(f"{said}. {remedy}".strip() if remedy else f"{said}.")


class AccessDenied(SourceError):
    """The credentials are wrong, revoked, or lack a permission. Never retried."""


class TokenExpired(SourceError):
    """The access token ran out and this program cannot renew it.

    The exit status is 77, so that whoever holds the refresh token can start it again.
    """


class NoAnswer(SourceError):
    """No usable answer came: what was asked for may have been done all the same.

    ``wait_seconds`` is how long the source asked to wait, if it did.
    """

    wait_seconds: float | None = None


class RateLimited(SourceError):
    """The source asks to wait longer than a run should; what was read is kept."""


class TooMuchData(SourceError):
    """The source refuses an answer of this size: ask for less at a time."""


def redact(text: str) -> str:
    """The text without anything that looks like a credential."""
    return _SECRETS.sub("***", text)
