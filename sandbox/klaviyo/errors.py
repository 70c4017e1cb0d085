"""Errors in the words of Klaviyo's JSON:API."""

import uuid
from typing import Any

from starlette.responses import JSONResponse, Response

__all__ = ["MEDIA_TYPE", "KlaviyoError", "invalid", "missing_scope", "not_found"]

MEDIA_TYPE = "application/vnd.api+json"


class KlaviyoError(Exception):
    """One error, by its HTTP status and code; `pointer` is into the body."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, pointer: str = ""
    ) -> None:
        super().__init__(detail)
        self._status = status
        self._body = {
            "id": str(uuid.uuid4()),
            "status": status,
            "code": code,
            "title": title,
            "detail": detail,
            "source": {"pointer": pointer or "/data/"},
            "links": {},
            "meta": {},
        }

    def response(self) -> Response:
        """The `{"errors": [...]}` object."""
        body: dict[str, Any] = {"errors": [self._body]}
        return JSONResponse(body, self._status, media_type=MEDIA_TYPE)


def invalid(detail: str, pointer: str = "") -> KlaviyoError:
    """A body or parameter that the call does not take."""
    return KlaviyoError(400, "invalid", "Invalid input.", detail, pointer)


def not_found(kind: str, identifier: str) -> KlaviyoError:
    """An id that nothing of this account has."""
    return KlaviyoError(
        404, "not_found", "Not found.", f"A {kind} with id {identifier} does not exist."
    )


def missing_scope(scope: str) -> KlaviyoError:
    """A key that may not do this."""
    return KlaviyoError(
        403,
        "permission_denied",
        "You do not have permission to perform this action.",
        f"The API key used for this request is missing the required scopes: {scope}",
    )
