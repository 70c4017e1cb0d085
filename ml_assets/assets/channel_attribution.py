"""Who is credited with a company's orders: seven rules, side by side, published."""

import datetime as dt
from collections.abc import Iterator

import dagster as dg
import pandas as pd

from ml_assets import attribution
from ml_assets.assets.attribution_tables import (
    Slice,
    attribution_rows,
    read_journeys,
    read_last_clicks,
    replace_attributions,
)
from ml_assets.attribution import Comparison
from ml_assets.attribution.errors import NothingConverted
from ml_assets.attribution.rules import HALF_LIFE_DAYS
from ml_assets.suites import broken_promises
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.warehouse import Warehouse

MODEL_VERSION = "1"
_KEY = dg.AssetKey(["predictions", "channel_attributions"])
_CHECK = "last_touches_are_last_clicks"
_SUITE = "published_rows_in_range"
_CREDITED_AT_LEAST = 1e-9


class AttributionConfig(dg.Config):
    """Settings of attribution. Orders of the last `window_days` days are shared out."""

    window_days: int = 90
    half_life_days: float = HALF_LIFE_DAYS
    markov_order: int = 1


@dg.multi_asset(
    name="channel_attribution",
    specs=[
        dg.AssetSpec(
            _KEY,
            description=(
                "Orders of the last days by channel, as seven rules share them out: "
                "association, not cause. One row per company, date, method, channel."
            ),
            deps=[
                ["marts", "channel_days"],
                ["marts", "journey_touchpoints"],
                ["marts", "orders"],
            ],
            group_name="ml_attribution",
            kinds={"python", "scipy"},
            owners=["team:data"],
            code_version=MODEL_VERSION,
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _CHECK,
            asset=_KEY,
            blocking=True,
            description="Orders of the last touch are those of the last click.",
        ),
        dg.AssetCheckSpec(
            _SUITE,
            asset=_KEY,
            blocking=True,
            description="Rows to publish have keys, a currency, and shares up to 1.",
        ),
    ],
    partitions_def=company_days,
)
def channel_attribution(
    context: dg.AssetExecutionContext,
    config: AttributionConfig,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Share out one company's orders up to one as-of date."""
    company = load_company(warehouse.url(), company_day.company_id(context))
    as_of_date = company_day.as_of(context)
    if config.window_days < 1:
        raise dg.Failure(f"window_days is {config.window_days}: say 1 or more.")
    window = (company.company_id, as_of_date, config.window_days)
    with (
        company_held(warehouse.url(), company.company_id),
        warehouse.acting_as("scientist") as database,
    ):
        comparison = _compared(read_journeys(database, *window), config)
        difference = _difference(comparison, read_last_clicks(database, *window))
        of = Slice(
            *window,
            currency_code=company.currency_code,
            model_version=MODEL_VERSION,
            attributed_at=dt.datetime.now(dt.UTC),
        )
        rows = attribution_rows(of, comparison)
        faults = "; ".join(broken_promises("channel_attributions", pd.DataFrame(rows)))
        if not difference and not faults:
            replace_attributions(database, of, rows)
    yield dg.AssetCheckResult(
        asset_key=_KEY,
        check_name=_CHECK,
        passed=not difference,
        description=difference or "As marts.channel_days counts them.",
    )
    yield dg.AssetCheckResult(
        asset_key=_KEY,
        check_name=_SUITE,
        passed=not faults,
        description=faults or f"All of {len(rows)} rows keep it.",
    )
    if difference or faults:
        raise dg.Failure(f"Blocked, nothing was written: {difference or faults}")
    yield dg.MaterializeResult(
        asset_key=_KEY, metadata=_metadata(comparison, len(rows), as_of_date, config)
    )


def _compared(journeys: pd.DataFrame, config: AttributionConfig) -> Comparison | None:
    """All methods; None when there is no order to share out."""
    try:
        return attribution.compare(
            journeys,
            half_life_days=config.half_life_days,
            markov_order=config.markov_order,
        )
    except NothingConverted:
        return None


def _difference(comparison: Comparison | None, last_clicks: dict[str, int]) -> str:
    """What the last touch says otherwise than the marts; empty when nothing."""
    found: dict[str, int] = {}
    if comparison:
        last = comparison.rows[comparison.rows["method"] == "last"]
        credited = zip(last["channel"], last["conversions"], strict=True)
        found = {
            str(channel): round(orders)
            for channel, orders in credited
            if orders > _CREDITED_AT_LEAST
        }
    if found == last_clicks:
        return ""
    return (
        f"last touches give {found}, marts.channel_days counts {last_clicks}: another "
        "run of this company came between. Run this day again."
    )


def _metadata(
    comparison: Comparison | None,
    rows: int,
    as_of_date: dt.date,
    config: AttributionConfig,
) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(rows),
        "as_of_date": dg.MetadataValue.text(str(as_of_date)),
        "window_days": dg.MetadataValue.int(config.window_days),
    }
    if comparison is None:
        metadata["notes"] = dg.MetadataValue.text("No order in these days.")
        return metadata
    metadata["orders"] = dg.MetadataValue.int(round(comparison.conversions))
    metadata["distinct_paths"] = dg.MetadataValue.int(comparison.path_count)
    metadata["shares"] = dg.MetadataValue.md(_as_markdown(comparison.table("share")))
    metadata["notes"] = dg.MetadataValue.md(
        "\n".join(f"- {note.message}" for note in comparison.notes) or "None."
    )
    return metadata


def _as_markdown(table: pd.DataFrame) -> str:
    """Shares of conversions in percent, channels down."""
    lines = [
        f"| channel | {' | '.join(map(str, table.columns))} |",
        "|---" * (len(table.columns) + 1) + "|",
    ]
    for channel, shares in table.iterrows():
        cells = " | ".join(f"{share:.1%}" for share in shares)
        lines.append(f"| {channel} | {cells} |")
    return "\n".join(lines)
