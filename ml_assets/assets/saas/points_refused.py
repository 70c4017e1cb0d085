"""Redemptions that files tell of and the ledger did not take, set apart by reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

import psycopg

from orchestration.lib.activation.points.refusals import PointsRefused

__all__ = ["DIFFERS", "UNPRICED", "note_refused", "reason_of"]

UNPRICED: Final = (
    "neither the file nor a rule of points_rules says what the reward costs"
)
_REASONS: Final = {
    "too_little": "the account had fewer points than were spent",
    "in_debt": "the account owes points, because some that it spent were taken back",
    "differs": "the ledger has this redemption for other points or another account, or "
    "took it back: reverse it there and give it another id in the file",
}
DIFFERS: Final = _REASONS["differs"]


def reason_of(refusal: PointsRefused) -> str:
    """Why, in words that are the same of every account, so that they can be counted."""
    return _REASONS.get(refusal.code, str(refusal))


def note_refused(
    database: psycopg.Connection, company_id: str, refused: Mapping[str, str]
) -> None:
    """Keep the redemptions that are refused now in quarantine, and no others.

    Parameters
    ----------
    refused
        Why, by the redemption's id. What was taken since leaves; what somebody dropped
        stays dropped.
    """
    hashes = {
        hashlib.sha256(redemption.encode()).hexdigest(): redemption
        for redemption in refused
    }
    with database.transaction(), database.cursor() as cursor:
        cursor.execute(_TAKEN, [company_id, list(hashes)])
        cursor.executemany(
            _REFUSED,
            [
                (company_id, key, f"redemption {redemption}", refused[redemption])
                for key, redemption in hashes.items()
            ],
        )


_TAKEN = """
delete from ops.quarantined_records
where company_id = %s and source = 'points' and record_hash <> all(%s)
"""
_REFUSED = """
insert into ops.quarantined_records (company_id, source, stream, record_hash, location,
    reason)
values (%s, 'points', 'points_redemptions', %s, %s, %s)
on conflict (company_id, source, stream, record_hash) do update set
    reason = excluded.reason, last_seen_at = now()
"""
