"""Effective statuses by level: what is not asked for by name, Meta leaves out.

Lists leave out what is archived or deleted, and reports below the account's level what
is deleted; the spend of both stays spent.
"""

from __future__ import annotations

__all__ = ["EFFECTIVE_STATUSES", "any_status"]

_EVERY_LEVEL = (
    "ACTIVE",
    "PAUSED",
    "ARCHIVED",
    "DELETED",
    "IN_PROCESS",
    "WITH_ISSUES",
)
EFFECTIVE_STATUSES = {
    "campaign": _EVERY_LEVEL,
    "adset": (*_EVERY_LEVEL, "CAMPAIGN_PAUSED"),
    "ad": (
        *_EVERY_LEVEL,
        "CAMPAIGN_PAUSED",
        "ADSET_PAUSED",
        "PENDING_REVIEW",
        "PENDING_BILLING_INFO",
        "PREAPPROVED",
        "DISAPPROVED",
    ),
}


def any_status(level: str) -> dict[str, object]:
    """The filter that leaves nothing of a level out."""
    return {
        "field": f"{level}.effective_status",
        "operator": "IN",
        "value": EFFECTIVE_STATUSES[level],
    }
