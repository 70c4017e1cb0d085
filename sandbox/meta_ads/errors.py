"""Errors in the words of the Graph API."""

import secrets
from typing import Any, Final

from starlette.responses import JSONResponse, Response

__all__ = [
    "GraphError",
    "invalid_parameter",
    "nonexistent_object",
    "permission_denied",
    "throttled",
    "too_much_data",
    "unknown_error",
]

_THROTTLES: Final[dict[int, tuple[int | None, str]]] = {
    4: (1_504_022, "(#4) Application request limit reached"),
    17: (2_446_079, "(#17) User request limit reached"),
    613: (1_487_742, "(#613) Calls to this api have exceeded the rate limit."),
    80_000: (
        2_446_079,
        "(#80000) There have been too many calls from this ad-account. Wait a bit and "
        "try again. For more info, please refer to https://developers.facebook.com/"
        "docs/graph-api/overview/rate-limiting.",
    ),
}


class GraphError(Exception):
    """An error by its code and subcode; most come with HTTP 400."""

    def __init__(  # noqa: PLR0913
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        kind: str = "OAuthException",
        status: int = 400,
        title: str | None = None,
        is_transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self._kind = kind
        self._status = status
        self._title = title
        self._is_transient = is_transient

    def response(self, headers: dict[str, str]) -> Response:
        """The `{"error": ...}` object."""
        body: dict[str, Any] = {
            "message": str(self),
            "type": self._kind,
            "code": self.code,
            "is_transient": self._is_transient,
            "fbtrace_id": secrets.token_urlsafe(8),
        }
        if self.subcode is not None:
            body["error_subcode"] = self.subcode
        if self._title:
            body |= {"error_user_title": self._title, "error_user_msg": str(self)}
        reason = f'OAuth "Facebook Platform" "invalid_request" "{self}"'
        return JSONResponse(
            {"error": body}, self._status, {**headers, "WWW-Authenticate": reason}
        )


def invalid_parameter(message: str) -> GraphError:
    """A parameter that the call does not take."""
    return GraphError(100, f"(#100) {message}")


def nonexistent_object(identifier: str) -> GraphError:
    """An id that nothing (visible) has."""
    return GraphError(
        100,
        f"Unsupported get request. Object with ID '{identifier}' does not exist, "
        "cannot be loaded due to missing permissions, or does not support this "
        "operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def permission_denied() -> GraphError:
    """An ad account of somebody else."""
    return GraphError(
        200,
        "(#200) Ad account owner has NOT grant ads_management or ads_read permission",
        status=403,
    )


def throttled(code: int) -> GraphError:
    """Too many calls: 80000 of the account's insights, 17 of the user, 4 of the app."""
    subcode, message = _THROTTLES[code]
    return GraphError(code, message, subcode=subcode, is_transient=True)


def unknown_error() -> GraphError:
    """Something failed at Meta, which is often that too much was asked for."""
    return GraphError(
        1,
        "Please reduce the amount of data you're asking for, then retry your request",
        status=500,
    )


def too_much_data() -> GraphError:
    """More rows than one answer holds: ask for less, repeating does not help."""
    return GraphError(
        100,
        "(#100) Please reduce the amount of data you're asking for, then retry your "
        "request",
        subcode=1_487_534,
        title="Too much data was requested",
    )
