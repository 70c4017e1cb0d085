"""What campaigns, ad sets and ads have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from taps.api_source.schemas import Column, instant, schema, text
from taps.api_source.streams import SourceStream
from taps.api_source.whole_reads import Record, read_whole
from taps.tap_meta_ads.entities import entities
from taps.tap_meta_ads.rows import instant_of

if TYPE_CHECKING:
    from taps.tap_meta_ads.tap import TapMetaAds

__all__ = ["ENTITY_KEY", "EntitiesStream", "entity_schema"]

ENTITY_KEY = ("account_id", "id")
_MOMENTS = ("created_time", "updated_time")


def entity_schema(what: str, *extra: Column) -> dict[str, Any]:
    """The schema of one level.

    Parameters
    ----------
    what
        campaign, ad set or ad.
    extra
        Columns that only this level has.
    """
    return schema(
        (
            text("account_id", "Ad account, without act_."),
            text("id", f"Id of the {what}."),
            *extra,
            text("name", f"Name of the {what} now; it may change."),
            text("status", "What its owner set: ACTIVE, PAUSED, ARCHIVED, DELETED."),
            text("effective_status", "What that amounts to, given what it belongs to."),
            instant("created_time", "When it was made."),
            instant("updated_time", "When it was changed last."),
            instant("read_at", "When it was read."),
        ),
        ENTITY_KEY,
    )


class EntitiesStream(SourceStream):
    """One level, read whole each time: Meta's filter on updated_time is unreliable."""

    primary_keys = ENTITY_KEY
    replication_key = "read_at"
    #: Texts beside those of every level.
    extra_fields: ClassVar[tuple[str, ...]] = ()
    _tap: TapMetaAds

    def read(self) -> None:
        """Write everything of every account, archived and deleted too."""
        for account in self._tap.ad_accounts:
            if account.id not in self._tap.failures:
                with self._tap.failures.of(account.id, self.name):
                    self._read_account(account.id)

    def _read_account(self, account_id: str) -> None:
        read_at = datetime.now(UTC)
        records = read_whole(
            lambda: self._records(account_id),
            ENTITY_KEY,
            call=f"{self.name} of {account_id}",
        )
        self.emit_all(record | {"read_at": read_at} for record in records)

    def _records(self, account_id: str) -> list[Record]:
        texts = ("id", *self.extra_fields, "name", "status", "effective_status")
        told = entities(self._tap.meta, account_id, self.name, (*texts, *_MOMENTS))
        return [
            {
                "account_id": account_id,
                **{name: each.get(name) for name in texts},
                **{name: instant_of(each.get(name)) for name in _MOMENTS},
            }
            for each in told
        ]
