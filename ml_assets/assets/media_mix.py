"""What each channel brings and where the next euro goes: fitted, judged, published."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

import dagster as dg
import pandas as pd
import psycopg
from pydantic import Field

from ml_assets.assets import media_mix_tables as tables
from ml_assets.assets.gate_checks import gate_checks
from ml_assets.assets.media_mix_marts import read_days, read_margin_rate, read_spend
from ml_assets.assets.media_mix_settings import settings_of
from ml_assets.assets.media_mix_tables import MixIdentity
from ml_assets.assets.new_customer_values import refresh_new_customer_values
from ml_assets.assets.value_tables import read_value_ratios
from ml_assets.clv.fit_identity import fit_id
from ml_assets.media_plan.backtests import MONTHS_BACK, forecast_holdout, holdouts
from ml_assets.media_plan.evaluation import (
    MODEL_VERSION,
    Evidence,
    MixTables,
    Settings,
    Verdict,
    evaluate,
    margin_of,
)
from ml_assets.media_plan.gates import GATES, GateResult
from ml_assets.media_plan.media_days import MediaDays, data_hash, media_days
from ml_assets.media_plan.published_rows import with_rows_judged
from ml_assets.media_plan.value_plans import BUDGET_TABLES, value_of, with_ratios
from ml_assets.media_plan.value_ratios import ValueRatios
from orchestration.lib.ingestion.unread_sources import unread_sources
from orchestration.lib.tenancy.companies import Company, load_company
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.media_settings import MediaSettings, load_media_settings
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.warehouse import Warehouse

_SCHEMA = "predictions"
_CURVES = dg.AssetKey([_SCHEMA, "marketing_curves"])
_MIX_TABLES = tuple(one.name for one in fields(MixTables))
_TABLES = {
    "media_mix_fits": "Every fit, published or not and why. One row per company, fit.",
    "new_customer_values": (
        "12-month value of the customers won. One row per company, day and channel."
    ),
    "marketing_curves": "What channels bring, and their curves. One row per channel.",
    "marketing_curves_history": "Every curve ever published. One row per fit, channel.",
    "marketing_curve_points": "Points to draw the curves by. One row per point.",
    "marketing_curve_draws": "Curves of every draw, for plans. One row per channel.",
    "media_mix_totals": (
        "What all channels of the newest fit brought together. One row per outcome."
    ),
    "marketing_contributions": "What made up each day. One row per day and component.",
    "budget_grid": "The best split of every budget. One row per budget and channel.",
    "budget_scenarios": "Now and projected. One row per scenario.",
    "budget_scenario_channels": "The same by channel. One row per scenario, channel.",
    "media_mix_backtests": "Forecasts of weeks that are over. One row per origin.",
}


class MediaMixConfig(dg.Config):
    """What is fitted: a list of revenue, orders and value_12m.

    `history_months` also predicts the 13 weeks up to so many month ends before, of
    sales, as nights of then would have (decision 0227).
    """

    outcomes: list[str] = Field(default_factory=lambda: ["revenue", "value_12m"])
    history_months: int = 0


@dataclass
class _Run:
    """One company on one day: what is read once, and what came of it."""

    company: Company
    as_of_date: dt.date
    media: MediaDays
    settings: Settings
    told: MediaSettings
    ratios: ValueRatios
    verdicts: list[Verdict] = field(default_factory=list)
    seen: list[tuple[GateResult, ...]] = field(default_factory=list)


@dg.multi_asset(
    name="media_mix",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[
                ["marts", "media_mix_days"],
                ["marts", "channel_days"],
                ["marts", "customers"],
                ["marts", "orders"],
                ["marts", "contribution_margins"],
                [_SCHEMA, "predictions_customer"],
                [_SCHEMA, "forecast_totals"],
            ],
            group_name="ml_mmm",
            kinds={"python", "scipy"},
            owners=["team:data"],
            code_version=MODEL_VERSION,
        )
        for table, description in _TABLES.items()
    ],
    # Not blocking: what fails keeps the last good curves, and customers their page.
    check_specs=gate_checks(GATES, _CURVES, blocking=False),
    partitions_def=company_days,
)
def media_mix(
    context: dg.AssetExecutionContext,
    config: MediaMixConfig,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Fit, judge and publish the mix of one company, outcome by outcome."""
    company = load_company(warehouse.url(), company_day.company_id(context))
    as_of_date = company_day.as_of(context)
    told = load_media_settings(warehouse.url(), company.company_id)
    unread = unread_sources(warehouse.url(), company, as_of_date, "media")
    if unread:
        # No failure: customers get their page whatever happens to the mix.
        context.log.warning(f"The last good mix stays: {unread}")
    with (
        company_held(warehouse.url(), company.company_id),
        warehouse.acting_as("scientist") as database,
    ):
        run = _read(database, company, as_of_date, told)
        for outcome in () if unread else config.outcomes:
            _publish(context, database, run, outcome)
        if not unread and config.history_months:
            months = range(config.history_months + 1)
            _backtests(database, run, _identity(run, "revenue"), months)
    yield from _checks(run, unread)
    metadata = _metadata(run)
    for table in _TABLES:
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata=metadata if table == "marketing_curves" else None,
        )


def _read(
    database: psycopg.Connection,
    company: Company,
    as_of_date: dt.date,
    told: MediaSettings,
) -> _Run:
    company_id = company.company_id
    worth = refresh_new_customer_values(database, company_id, as_of_date)
    media = media_days(
        read_days(database, company_id, as_of_date),
        read_spend(database, company_id, as_of_date),
        worth,
        as_of_date,
    )
    settings = settings_of(told, read_margin_rate(database, company_id))
    ratios = read_value_ratios(database, company_id, as_of_date, media.channels)
    return _Run(company, as_of_date, media, settings, told, ratios)


def _publish(
    context: dg.AssetExecutionContext,
    database: psycopg.Connection,
    run: _Run,
    outcome: str,
) -> None:
    """One outcome, unless exactly this fit is what readers see already."""
    identity = _identity(run, outcome)
    if tables.is_current(database, identity):
        context.log.info(f"{outcome}: nothing changed since fit {identity.fit_id}")
        run.seen.append(tables.read_gates(database, identity))
        return
    evidence = Evidence(
        curves=tables.read_last_curves(database, identity.company_id, outcome),
        backtests=_backtests(database, run, identity),
    )
    verdict = evaluate(run.media, outcome, run.settings, evidence)
    if outcome == "revenue":
        verdict = with_ratios(verdict, run.ratios)
    verdict = with_rows_judged(verdict, identity.currency_code)
    run.verdicts.append(verdict)
    run.seen.append(verdict.gates)
    tables.write_fit(database, identity, verdict)
    if verdict.status != "published":
        context.log.info(f"{outcome} {verdict.status}: {verdict.reason}")
        return
    tables.write_tables(database, identity, verdict, _tables_of(outcome))
    if outcome != "revenue":
        return
    for other in (
        margin_of(verdict, run.media, run.settings),
        value_of(verdict, run.ratios, run.settings),
    ):
        if other is not None:
            judged = with_rows_judged(other, identity.currency_code)
            names = BUDGET_TABLES if other.outcome == "value_12m" else _MIX_TABLES
            tables.write_tables(database, identity, judged, names)


def _tables_of(outcome: str) -> tuple[str, ...]:
    """What a fit says of its outcome; plans by value are of the mix of revenue."""
    if outcome != "value_12m":
        return _MIX_TABLES
    return tuple(name for name in _MIX_TABLES if name not in BUDGET_TABLES)


def _backtests(
    database: psycopg.Connection,
    run: _Run,
    identity: MixIdentity,
    months_back: Iterable[int] = MONTHS_BACK,
) -> pd.DataFrame:
    """The scores of holdouts, by how many months ago they ended; each computed once."""
    if not run.media.channels or not run.media.frame[identity.outcome].any():
        return pd.DataFrame()
    outcome = identity.outcome
    tests = run.settings.lift_tests.get(outcome, ())
    scores = []
    for held in holdouts(run.media, outcome, months_back):
        found = tables.read_backtest(database, identity.company_id, outcome, held)
        if found is None:
            found = forecast_holdout(held, outcome, tests)
            if found is not None:
                tables.write_backtest(database, identity, held, found)
        if found is not None:
            scores.append(found)
    return pd.DataFrame(scores)


def _identity(run: _Run, outcome: str) -> MixIdentity:
    company, media = run.company, run.media
    hashed = data_hash(media, outcome)
    settings = {
        "outcome": outcome,
        "currency_code": company.currency_code,
        "margin_rate": run.settings.margin_rate,
        **run.told.as_json(),
    }
    if outcome == "revenue":
        # What customers are worth may be told anew while sales stay as they were.
        settings["value_ratios"] = run.ratios.as_json()
    last = media.frame["date"].iloc[-1].date() if media.days else None
    return MixIdentity(
        company_id=company.company_id,
        fit_id=fit_id(
            company.company_id, run.as_of_date, MODEL_VERSION, hashed, settings
        ),
        outcome=outcome,
        as_of_date=run.as_of_date,
        data_through_date=last,
        data_hash=hashed,
        day_count=media.days,
        currency_code=company.currency_code,
        settings=settings,
        fitted_at=dt.datetime.now(dt.UTC),
    )


def _checks(run: _Run, unread: str) -> Iterator[dg.AssetCheckResult]:
    """Each gate by the outcome that fares worst in it; not judged without a fit."""
    not_judged = f"Not judged: {unread or 'there is no mix.'}"
    order = {"blocked": 0, "warned": 1, "passed": 2}
    for name in GATES:
        found = [gate for gates in run.seen for gate in gates if gate.gate == name]
        worst = min(found, key=lambda gate: order[gate.outcome], default=None)
        yield dg.AssetCheckResult(
            asset_key=_CURVES,
            check_name=name,
            passed=not unread and (worst is None or worst.outcome == "passed"),
            severity=dg.AssetCheckSeverity.ERROR
            if worst is not None and worst.outcome == "blocked"
            else dg.AssetCheckSeverity.WARN,
            description=str(worst.message if worst else not_judged),
        )


def _metadata(run: _Run) -> dict[str, dg.MetadataValue]:
    from ml_assets.media_plan.plots import plots

    metadata: dict[str, dg.MetadataValue] = {
        "days": dg.MetadataValue.int(run.media.days),
        "channels": dg.MetadataValue.text(", ".join(run.media.channels) or "none"),
    }
    for verdict in run.verdicts:
        said = verdict.reason or verdict.status
        metadata[verdict.outcome] = dg.MetadataValue.text(said)
        if verdict.mix is None or verdict.tables is None:
            continue
        for name, picture in plots(verdict.mix, verdict.tables).items():
            metadata[f"{verdict.outcome}_{name}"] = dg.MetadataValue.md(picture)
    return metadata
