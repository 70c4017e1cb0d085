"""Records that could not be loaded, kept with the reason, counted without values."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

import msgspec
from psycopg import sql

from taps.target_postgres.errors import InputError, LoadError, RejectedRecordError
from taps.target_postgres.naming import quoted
from taps.target_postgres.warehouse import Warehouse

__all__ = ["REJECTED_BY_TAP", "Quarantine"]

#: Name of the stream in which a tap hands over records it rejected itself.
REJECTED_BY_TAP = "quarantined_records"

_encode = msgspec.json.Encoder(decimal_format="number", order="sorted").encode
_LARGEST_JSONB_NUMBER_DIGITS = 1_000


@dataclass(frozen=True)
class _Entry:
    stream: str
    record_hash: str
    batch_id: str | None
    location: str | None
    reason: str
    record: str


class Quarantine:
    """Collects rejected records until the next drain writes them.

    Parameters
    ----------
    table : str
        ``schema.table`` of the quarantine, or '' to stop at the first bad record.
    company_id, source : str
        Written to every row.
    """

    def __init__(
        self, warehouse: Warehouse, table: str, *, company_id: str, source: str
    ) -> None:
        self._warehouse = warehouse
        self._table = table
        self._company_id = company_id
        self._source = source
        # One entry per key: the same record twice is one row.
        self._entries: dict[tuple[str, str], _Entry] = {}
        self.counts: Counter[tuple[str, str]] = Counter()

    def __len__(self) -> int:
        return len(self._entries)

    def reject(self, stream: str, record: object, reason: str) -> int:
        """Take a record that this loader cannot store; return its size in memory.

        Raises
        ------
        InputError
            There is no quarantine table.
        """
        if not self._table:
            raise InputError(
                f"stream '{stream}': {reason}. Nothing after it was loaded. Fix the "
                "source, or set 'quarantine_table' to load the good records"
            )
        text = _encode(_storable(record)).decode()
        digest = hashlib.sha256(text.encode()).hexdigest()
        self._add(_Entry(stream, digest, None, None, reason, text))
        self.counts[stream, reason] += 1
        return len(text)

    def relay(self, record: Mapping[str, Any]) -> int:
        """Take one of the tap's ``quarantined_records``; return its size in memory.

        Raises
        ------
        RejectedRecordError
            It lacks the stream or the reason.
        InputError
            There is no quarantine table.
        """
        stream = _text(record, "stream_name")
        reason = _text(record, "reason")
        if not stream or not reason:
            raise RejectedRecordError("property 'stream_name' or 'reason' is missing")
        batch_id, location = _text(record, "batch_id"), _text(record, "location")
        if not self._table:
            raise InputError(
                f"stream '{stream}': the tap rejected a record at {location}. Fix "
                "the source, or set 'quarantine_table' to load the good records"
            )
        identity = "|".join((stream, batch_id or "", location or ""))
        digest = hashlib.sha256(identity.encode()).hexdigest()
        text = _encode(_storable(record.get("record"))).decode()
        self._add(_Entry(stream, digest, batch_id, location, reason, text))
        self.counts[stream, "rejected by the tap"] += 1
        return len(text)

    def write(self) -> None:
        """Upsert what was collected, in the running transaction.

        A row that is already there unchanged keeps its ``quarantined_at``, and one
        that somebody reviewed keeps what they decided.
        """
        if not self._entries:
            return
        # Sorted, so two writers never wait for each other in a circle.
        entries = [self._entries[key] for key in sorted(self._entries)]
        columns = [list(values) for values in zip(*map(astuple, entries), strict=True)]
        table = quoted(*self._table_parts())
        self._warehouse.run(
            _UPSERT.format(table=table), self._company_id, self._source, *columns
        )
        self._entries.clear()

    def _table_parts(self) -> list[str]:
        parts = self._table.split(".")
        if len(parts) != 2 or not all(parts):
            raise LoadError(
                f"Setting 'quarantine_table': '{self._table}' is not schema.table"
            )
        return parts

    def _add(self, entry: _Entry) -> None:
        self._entries[entry.stream, entry.record_hash] = entry


_UPSERT = sql.SQL(
    """
    insert into {table} as stored (
        company_id, source, stream, record_hash, batch_id, location, reason, record,
        quarantined_at, last_seen_at
    )
    select %s, %s, rejected.*, now(), now()
    from unnest(
        %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[]
    ) as rejected
    on conflict (company_id, source, stream, record_hash) do update set
        batch_id = excluded.batch_id,
        location = excluded.location,
        reason = excluded.reason,
        record = excluded.record,
        quarantined_at = case
            when (stored.batch_id, stored.location, stored.reason, stored.record)
                is distinct from
                (excluded.batch_id, excluded.location, excluded.reason, excluded.record)
                then excluded.quarantined_at
            else stored.quarantined_at
        end,
        last_seen_at = excluded.last_seen_at
    """
)


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return None if value is None else str(_storable(str(value)))


def _storable(value: object) -> object:
    """The same value with what jsonb cannot hold spelled out as text."""
    if isinstance(value, str):
        return (
            value.replace("\0", r"\u0000").encode("utf-8", "backslashreplace").decode()
        )
    if isinstance(value, Decimal):
        is_plain = (
            value.is_finite() and abs(value.adjusted()) < _LARGEST_JSONB_NUMBER_DIGITS
        )
        return value if is_plain else str(value)
    if isinstance(value, Mapping):
        return {str(_storable(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
