"""Links that show one dashboard of one company inside somebody else's page.

A link is a JSON Web Token (RFC 7519) signed with HMAC-SHA-256 (RFC 7515, HS256). It
names the dashboard, the company as the locked parameter, and when it ends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from metabase.content.company import EXAMPLE
from metabase.content.delivery import COMPANY_SLUG, page_of, read_delivery
from metabase.content.errors import ContentError, MetabaseError
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import connect_as_admin, find_companies
from metabase.server.identity import Identities

__all__ = ["Link", "sign", "signed_url"]

_HASH = "#bordered=false&titled=true"


@dataclass(frozen=True)
class Link:
    """``dashboard`` is the name of its file; ``site_url`` is where people open it."""

    company_id: str
    dashboard: str
    minutes: int
    site_url: str


def sign(payload: dict[str, Any], secret: str) -> str:
    """The payload as a token that whoever has the secret can verify."""
    header = {"alg": "HS256", "typ": "JWT"}
    text = f"{_encoded(header)}.{_encoded(payload)}"
    seal = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{_base64(seal)}"


def signed_url(
    database_url: str, link: Link, secret: str, *, now: datetime | None = None
) -> str:
    """The address of the dashboard; it opens until ``minutes`` after ``now``.

    Raises
    ------
    ContentError
        No such dashboard, or it is not embeddable.
    MetabaseError
        It was never written to that server.
    WarehouseError
        No such company.
    """
    find_companies(database_url, (link.company_id,))
    entity_id = _embeddable(link.dashboard)
    with closing(connect_as_admin(database_url)) as connection:
        instance = link.site_url.rstrip("/")
        identities = Identities(connection, instance)
    known = identities.find(link.company_id, "dashboard", entity_id)
    if known is None:
        raise MetabaseError(
            f"{link.dashboard} of {link.company_id} was never written to {instance}: "
            "run timonel metabase apply, or set METABASE_SITE_URL to the address that "
            "server says it has (MB_SITE_URL)"
        )
    ends = (now or datetime.now(UTC)) + timedelta(minutes=link.minutes)
    payload = {
        "resource": {"dashboard": known.metabase_id},
        "params": {COMPANY_SLUG: [link.company_id]},
        "exp": int(ends.timestamp()),
    }
    return f"{instance}/embed/dashboard/{sign(payload, secret)}{_HASH}"


def _embeddable(dashboard: str) -> str:
    """``entity_id`` of a dashboard that delivery.yml opens."""
    pages = {
        page_of(page): page.entity_id
        for page in load_content(CONTENT_ROOT, EXAMPLE).dashboards
    }
    path = CONTENT_ROOT / "delivery.yml"
    if dashboard not in read_delivery(path, pages, "").embeddable:
        known = ", ".join(sorted(pages))
        raise ContentError(
            f"{dashboard!r} is not listed as embeddable in {path}; dashboards are "
            f"{known}"
        )
    return pages[dashboard]


def _encoded(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
