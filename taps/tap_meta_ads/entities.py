"""Campaigns, ad sets and ads of an account: all of them, gone or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from taps.api_source.errors import SourceError
from taps.api_source.whole_reads import Damaged
from taps.tap_meta_ads.client import MetaAds
from taps.tap_meta_ads.statuses import any_status

__all__ = ["entities"]


def entities(
    meta: MetaAds, account_id: str, edge: str, fields: Sequence[str]
) -> list[dict[str, Any]]:
    """Everything on an edge of an account: campaigns, adsets or ads.

    Raises
    ------
    Damaged
        Fewer came than Meta counts.
    """
    call = f"{edge} of {account_id}"
    found: list[dict[str, Any]] = []
    counted = None
    for page in meta.pages(
        f"act_{account_id}/{edge}",
        call=call,
        fields=",".join(fields),
        filtering=json.dumps([any_status(edge.removesuffix("s"))]),
        summary="total_count",
    ):
        found += page["data"]
        if not all(each.get("id") for each in page["data"]):
            raise SourceError(
                "a row has no id",
                call=call,
                remedy="Meta may have changed its API: check api_version.",
            )
        counted = page.get("summary", {}).get("total_count", counted)
    if counted is not None and int(counted) != len(found):
        raise Damaged(f"{len(found)} came, Meta counts {counted}", call=call)
    return found
