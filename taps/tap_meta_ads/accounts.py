"""The ad accounts a token may read, with their own calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.errors import AccessDenied, SourceError, TooMuchData
from taps.api_source.history import first_day_kept
from taps.api_source.part_failures import PartFailures
from taps.tap_meta_ads.client import MetaAds

__all__ = ["MONTHS_KEPT", "ad_accounts"]

MONTHS_KEPT = 37

_FIELDS = "account_id,name,currency,timezone_name,account_status"
_STATUSES = {
    1: "ACTIVE",
    2: "DISABLED",
    3: "UNSETTLED",
    7: "PENDING_RISK_REVIEW",
    8: "PENDING_SETTLEMENT",
    9: "IN_GRACE_PERIOD",
    100: "PENDING_CLOSURE",
    101: "CLOSED",
    201: "ANY_ACTIVE",
    202: "ANY_CLOSED",
}


def ad_accounts(
    meta: MetaAds, config: Mapping[str, Any], failures: PartFailures
) -> list[AdAccount]:
    """The accounts of the settings, or all; each once.

    Parameters
    ----------
    failures
        Takes the accounts that cannot be read while others can.

    Raises
    ------
    SourceError
        The token may not read any of them.
    """
    asked = [str(each).removeprefix("act_") for each in config.get("account_ids") or ()]
    told: dict[str, Mapping[str, Any]] = {each: {} for each in asked}
    if not asked:
        pages = meta.pages("me/adaccounts", call="ad accounts", fields=_FIELDS)
        told = {
            str(each["account_id"]): each for page in pages for each in page["data"]
        }
    if not told:
        raise AccessDenied(
            "the token may not read any ad account",
            call="ad accounts",
            remedy="Assign the ad accounts to the system user or person of the token.",
        )
    found = []
    for account_id, known in told.items():
        with failures.of(account_id):
            call = f"ad account {account_id}"
            full = known or meta.get(f"act_{account_id}", call=call, fields=_FIELDS)
            found.append(_account(meta, full, int(config["lookback_days"])))
    if not found:
        failures.tell()
    return found


def _account(meta: MetaAds, told: Mapping[str, Any], lookback_days: int) -> AdAccount:
    for name in ("currency", "timezone_name"):
        if not told.get(name):
            raise SourceError(
                f"Meta does not tell its {name}",
                call=f"ad account {told.get('account_id')}",
                remedy="Meta may have changed its API: check api_version.",
            )
    today = meta.now().astimezone(ZoneInfo(told["timezone_name"])).date()
    first_day = _first_day(meta, str(told["account_id"]), today)
    status = told.get("account_status")
    return AdAccount(
        id=str(told["account_id"]),
        name=told.get("name"),
        currency_code=told["currency"],
        time_zone=told["timezone_name"],
        status=None if status is None else _STATUSES.get(int(status), str(status)),
        today=today,
        first_day=first_day or today - timedelta(days=lookback_days),
        lookback_days=lookback_days,
    )


def _first_day(meta: MetaAds, account_id: str, today: date) -> date | None:
    """First day of the first month with delivery: nothing has to be read before.

    Where Meta cannot tell, everything that it keeps is read.
    """
    kept = first_day_kept(today, MONTHS_KEPT)
    pages = meta.pages(
        f"act_{account_id}/insights",
        call=f"first month of {account_id}",
        level="account",
        fields="impressions",
        time_increment="monthly",
        time_range=json.dumps({"since": kept.isoformat(), "until": today.isoformat()}),
    )
    try:
        months = [row["date_start"] for page in pages for row in page["data"]]
    except TooMuchData:
        return kept
    return max(kept, date.fromisoformat(min(months))) if months else None
