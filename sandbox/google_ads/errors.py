"""Failures in the words of the Google Ads API."""

from typing import Any, Final

__all__ = ["Failure", "unsupported_version", "user_permission_denied"]

_STATUS: Final = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: (
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access "
        "token, login cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
    ),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "Internal error encountered."),
}


class Failure(Exception):
    """A refusal: HTTP status, family and code of the error, message, details."""

    def __init__(
        self,
        status: int,
        family: str,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.family = family
        self.code = code
        self.details = details

    def body(self, version: str, request_id: str) -> dict[str, Any]:
        """The `{"error": ...}` object."""
        status, message = _STATUS[self.status]
        error: dict[str, Any] = {
            "errorCode": {self.family: self.code},
            "message": str(self),
        }
        if self.details:
            error["details"] = self.details
        failure = {
            "@type": (
                f"type.googleapis.com/google.ads.googleads.{version}.errors."
                "GoogleAdsFailure"
            ),
            "errors": [error],
            "requestId": request_id,
        }
        return {
            "error": {
                "code": self.status,
                "message": message,
                "status": status,
                "details": [failure],
            }
        }


def unsupported_version(version: str) -> Failure:
    """A version after its sunset."""
    return Failure(
        400,
        "requestError",
        "UNSUPPORTED_VERSION",
        f" Version {version} is deprecated. Requests to this version will be blocked.",
    )


def user_permission_denied() -> Failure:
    """No access to the customer, or not through the manager that was named."""
    return Failure(
        403,
        "authorizationError",
        "USER_PERMISSION_DENIED",
        "User doesn't have permission to access customer. Note: If you're accessing a "
        "client customer, the manager's customer id must be set in the "
        "'login-customer-id' header. See https://developers.google.com/google-ads/api/"
        "docs/concepts/call-structure#cid",
    )
