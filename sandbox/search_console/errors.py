"""Refusals in the words of Google's older JSON APIs."""

from typing import Any, Final

from starlette.responses import JSONResponse, Response

__all__ = [
    "Refusal",
    "bad_request",
    "forbidden",
    "not_authenticated",
    "quota_exceeded",
]

_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    429: "RESOURCE_EXHAUSTED",
}


class Refusal(Exception):
    """HTTP status, message, and the reason that clients decide by."""

    def __init__(self, status: int, message: str, domain: str, reason: str) -> None:
        super().__init__(message)
        self._status = status
        self._domain = domain
        self._reason = reason

    def response(self) -> Response:
        """The `{"error": ...}` object."""
        problem = {
            "message": str(self),
            "domain": self._domain,
            "reason": self._reason,
        }
        body: dict[str, Any] = {
            "code": self._status,
            "message": str(self),
            "errors": [problem],
            "status": _STATUS[self._status],
        }
        return JSONResponse({"error": body}, self._status)


def bad_request(message: str) -> Refusal:
    """The body asks for something there is not."""
    return Refusal(400, message, "global", "badRequest")


def not_authenticated() -> Refusal:
    """No token, or a dead one."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access "
        "token, login cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    return Refusal(401, message, "global", "authError")


def forbidden(site_url: str) -> Refusal:
    """The caller has no (verified) access to the property."""
    message = (
        f"User does not have sufficient permission for site '{site_url}'. See also: "
        "https://support.google.com/webmasters/answer/2451999."
    )
    return Refusal(403, message, "global", "forbidden")


def quota_exceeded(reason: str) -> Refusal:
    """quotaExceeded, rateLimitExceeded or userRateLimitExceeded: wait, then retry."""
    return Refusal(403, "Search Analytics QPS quota exceeded.", "usageLimits", reason)
