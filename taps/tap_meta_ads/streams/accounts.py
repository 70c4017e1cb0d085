"""Ad accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from taps.api_source.schemas import instant, schema, text
from taps.api_source.streams import SourceStream

if TYPE_CHECKING:
    from taps.tap_meta_ads.tap import TapMetaAds

__all__ = ["AccountsStream"]


class AccountsStream(SourceStream):
    """The accounts that are read, whole each time."""

    name = "accounts"
    primary_keys = ("account_id",)
    replication_key = "read_at"
    record_schema = schema(
        (
            text("account_id", "Ad account, without act_."),
            text("name", "Name of the account."),
            text("currency_code", "Currency of all its money, ISO 4217."),
            text("time_zone", "Time zone of all its dates, IANA name."),
            text("status", "Status: ACTIVE, DISABLED, UNSETTLED, CLOSED ..."),
            instant("read_at", "When it was read."),
        ),
        primary_keys,
    )
    _tap: TapMetaAds

    def read(self) -> None:
        """Write every account."""
        read_at = datetime.now(UTC)
        self.emit_all(
            {
                "account_id": account.id,
                "name": account.name,
                "currency_code": account.currency_code,
                "time_zone": account.time_zone,
                "status": account.status,
                "read_at": read_at,
            }
            for account in self._tap.ad_accounts
        )
