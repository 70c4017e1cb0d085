"""Page tokens: good for one query, for an hour."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Final

from sandbox.google_ads.errors import Failure

__all__ = ["offset_of", "page_token"]

_LIFETIME: Final = timedelta(hours=1)


def page_token(offset: int, query: str, now: datetime) -> str:
    """The token of the page that starts at row `offset`."""
    content = [offset, _fingerprint(query), now.timestamp()]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def offset_of(token: str | None, query: str, now: datetime) -> int:
    """The row at which the page begins; 0 without a token.

    Raises
    ------
    Failure
        When the token is of another query, or too old.
    """
    if not token:
        return 0
    try:
        offset, fingerprint, issued_at = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise _invalid() from None
    if fingerprint != _fingerprint(query):
        raise _invalid()
    if now.timestamp() - issued_at > _LIFETIME.total_seconds():
        raise Failure(
            400,
            "requestError",
            "EXPIRED_PAGE_TOKEN",
            "The page token in the request has expired.",
        )
    return int(offset)


def _invalid() -> Failure:
    return Failure(
        400,
        "requestError",
        "INVALID_PAGE_TOKEN",
        "The page token in the request is invalid.",
    )


def _fingerprint(query: str) -> str:
    return hashlib.blake2b(query.encode(), digest_size=8).hexdigest()
