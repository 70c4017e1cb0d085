"""What Meta's errors mean, by code and subcode; the wording changes, they do not.

Source: developers.facebook.com/docs/graph-api/guides/error-handling and
docs/marketing-api/error-reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from taps.api_source.errors import AccessDenied, SourceError, TooMuchData
from taps.tap_meta_ads.settings import CURRENT_VERSIONS

__all__ = [
    "GraphError",
    "Kind",
    "NotVisibleYet",
    "SessionEnded",
    "Unexplained",
    "failure",
    "graph_error",
]


class Kind(Enum):
    """What to do about an error."""

    CREDENTIALS = "the access token is not accepted"
    PERMISSION = "a permission is missing"
    THROTTLED = "too many calls"
    TOO_MUCH = "too much data"
    UNKNOWN = "a failure that passes, or too much data"
    TRANSIENT = "a passing failure"
    NOT_VISIBLE = "it does not exist, or cannot be seen"
    VERSION = "the API version is not served any more"
    TOO_OLD = "Meta keeps 37 months"
    SESSION_ENDED = "the upload it belongs to is over"
    OTHER = "refused"


class Unexplained(TooMuchData):
    """Meta fails time and again without a reason: it is usually too much at once."""


class NotVisibleYet(SourceError):
    """An object that was just made cannot be read at once."""


class SessionEnded(SourceError):
    """An upload of people that Meta takes nobody for any more."""


@dataclass(frozen=True)
class GraphError:
    """The ``error`` object of an answer, or of a report run that failed."""

    code: int
    subcode: int | None
    message: str
    is_transient: bool = False

    @property
    def kind(self) -> Kind:
        """What to do about it."""
        named = _BY_SUBCODE.get((self.code, self.subcode)) or _BY_CODE.get(self.code)
        if named is not None:
            return named
        if 80_000 <= self.code <= 80_014:
            return Kind.THROTTLED
        if self.code in {3, 10} or 200 <= self.code <= 299:
            return Kind.PERMISSION
        # "Unknown error" and "reduce the amount of data", as HTTP 500: both pass often.
        if self.code == 1:
            return Kind.UNKNOWN
        if self.is_transient or self.code == 2:
            return Kind.TRANSIENT
        return Kind.OTHER

    def __str__(self) -> str:
        code = f"{self.code}/{self.subcode}" if self.subcode else str(self.code)
        return f"{self.message.rstrip('. ')} (code {code})"


_BY_CODE = {
    102: Kind.CREDENTIALS,
    104: Kind.TRANSIENT,
    190: Kind.CREDENTIALS,
    960: Kind.TRANSIENT,
    4: Kind.THROTTLED,
    17: Kind.THROTTLED,
    32: Kind.THROTTLED,
    613: Kind.THROTTLED,
    2635: Kind.VERSION,
    2650: Kind.SESSION_ENDED,
    3018: Kind.TOO_OLD,
}
_BY_SUBCODE: dict[tuple[int, int | None], Kind] = {
    (2, 1_504_038): Kind.TOO_MUCH,
    (100, 1_487_534): Kind.TOO_MUCH,
    (100, 33): Kind.NOT_VISIBLE,
}
_PERMISSION = re.compile(
    r"\b(?:ads|business|leads|pages|catalog|read|instagram)_[a-z_]+\b"
)
_REMEDIES = {
    Kind.CREDENTIALS: "Connect the source again: the token ran out, was revoked, or "
    "its owner must confirm a security check at Meta.",
    Kind.PERMISSION: "Give the token the permission {permissions}, and its user access "
    "to the ad account; to write audiences, the token needs ads_management.",
    Kind.NOT_VISIBLE: "Check the id, that the token's user may see it, and that the "
    "token has the permission ads_read.",
    Kind.VERSION: f"Set api_version to {' or '.join(CURRENT_VERSIONS)}.",
    Kind.TOO_OLD: "Set start_date to a later day.",
}


def graph_error(error: Mapping[str, Any], secrets: Sequence[str] = ()) -> GraphError:
    """The error of an answer's ``error`` object, without ``secrets`` in its words."""
    subcode = error.get("error_subcode")
    message = str(error.get("message") or "no message")
    for secret in secrets:
        message = message.replace(secret, "***")
    return GraphError(
        code=int(error.get("code") or 0),
        subcode=None if subcode is None else int(subcode),
        message=message,
        is_transient=bool(error.get("is_transient")),
    )


def failure(error: GraphError, call: str) -> SourceError:
    """The exception for an error that asking again would not mend."""
    kinds: dict[Kind, type[SourceError]] = {
        Kind.CREDENTIALS: AccessDenied,
        Kind.PERMISSION: AccessDenied,
        Kind.TOO_MUCH: TooMuchData,
        Kind.UNKNOWN: Unexplained,
        Kind.NOT_VISIBLE: NotVisibleYet,
        Kind.SESSION_ENDED: SessionEnded,
    }
    exception = kinds.get(error.kind, SourceError)
    named = dict.fromkeys(_PERMISSION.findall(error.message))
    remedy = _REMEDIES.get(error.kind, "").format(
        permissions=" or ".join(named) or "ads_read"
    )
    return exception(f"Meta says: {error}", call=call, remedy=remedy)
