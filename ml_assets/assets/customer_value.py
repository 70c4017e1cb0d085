"""Who stays, who leaves and what each customer is worth: chosen, judged, published."""

import base64
import datetime as dt
from collections.abc import Iterator

import dagster as dg
import pandas as pd
import psycopg
from babel.numbers import get_currency_precision

from ml_assets.assets.forecast_ledger import (
    grade_due_forecasts,
    judged,
    read_backtests,
    write_backtest,
)
from ml_assets.assets.gate_checks import gate_checks
from ml_assets.assets.prediction_inputs import (
    FitIdentity,
    identify,
    is_published,
    read_first_channels,
    read_last_published,
    read_mart_totals,
    read_purchases,
    read_sources,
    read_summaries,
)
from ml_assets.assets.prediction_tables import write_valuation
from ml_assets.assets.value_history import replayed
from ml_assets.clv.backtest import Backtest
from ml_assets.clv.convergence import fit_failed
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.fit_identity import MODEL_VERSION, data_hash
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.rolling import (
    Origin,
    judging,
    log_hash,
    month_end_origins,
    rolling_backtests,
)
from ml_assets.clv.valuation import (
    ABOUT_CHANGE,
    GATES,
    Evidence,
    Valuation,
    ValuationSettings,
    value_customers,
)
from orchestration.lib.ingestion.unread_sources import unread_sources
from orchestration.lib.tenancy.companies import Company, load_company
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.company_settings import load_settings, sells
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.warehouse import Warehouse

_SCHEMA = "predictions"
_PREDICTIONS = dg.AssetKey([_SCHEMA, "predictions_customer"])
_TABLES = {
    "model_fits": "Every fit, published or blocked and why. One row per company, fit.",
    "model_parameters": "Parameters. One row per company, fit, model, parameter.",
    "model_covariances": "Covariances. One row per company, fit, model, pair.",
    "model_candidates": "Models tried, and the chosen. One row per fit and model.",
    "gate_results": "What each gate saw. One row per company, fit, gate.",
    "backtests": "Forecasts of past month ends, judged. One row per origin and model.",
    "backtest_deciles": "Stated probability against what came, in tenths.",
    "backtest_tracking": "Expected and actual orders as they added up.",
    "backtest_channels": "Value of customers by their channel, expected and actual.",
    "predictions_customer": "The predictions in force. One row per company, customer.",
    "predictions_customer_history": (
        "Every prediction ever made. One row per company, fit, customer."
    ),
    "forecast_totals": "What was said of all customers. One row per fit and horizon.",
    "forecast_grades": "How it came out. One row per fit and horizon that is over.",
}


class CustomerValueConfig(dg.Config):
    """Settings of the value models; recorded with the fit, but for the last two.

    `penalizer` is the company's setting (`timonel company set`) unless it is given.
    `accept_changes` publishes once although the past, the amounts or the totals
    changed since the last good run: the gates about change then only warn.
    `history_months` also predicts as of so many month ends before, where nothing was
    published, from what was known then (see `value_history.replayed`).
    """

    annual_discount_rate: float = ValuationSettings.annual_discount_rate
    penalizer: float | None = None
    accept_changes: bool = False
    history_months: int = 0


@dg.multi_asset(
    name="customer_value",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[
                ["marts", "customer_summaries"],
                ["marts", "orders"],
                ["marts", "customers"],
            ],
            group_name="ml_clv",
            kinds={"python", "scipy"},
            owners=["team:data"],
            code_version=MODEL_VERSION,
        )
        for table, description in _TABLES.items()
    ],
    check_specs=gate_checks(GATES, _PREDICTIONS, blocking=True),
    partitions_def=company_days,
)
def customer_value(
    context: dg.AssetExecutionContext,
    config: CustomerValueConfig,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Fit, judge and publish one company at one as-of date."""
    company = load_company(warehouse.url(), company_day.company_id(context))
    as_of_date = company_day.as_of(context)
    unread = unread_sources(warehouse.url(), company, as_of_date, "orders")
    if unread:
        raise dg.Failure(
            f"Blocked, the last good predictions stay: {unread}", allow_retries=False
        )
    with (
        company_held(warehouse.url(), company.company_id),
        warehouse.acting_as("scientist") as database,
    ):
        if not sells(warehouse.url(), company.company_id):
            yield from _nothing_sold()
            return
        summaries = read_summaries(database, company.company_id)
        _check_as_of(summaries, as_of_date)
        purchases = read_purchases(database, company.company_id, as_of_date)
        log, failure = _purchase_log(purchases, as_of_date)
        # The log has them all; of a million customers they take a quarter of the room.
        del purchases
        hashed = data_hash(summaries, log_hash(log))
        settings = _settings(config, company, warehouse.url())
        for one in replayed(
            database, company, as_of_date, config.history_months, settings
        ):
            context.log.info(str(one))
        identity = identify(company, as_of_date, hashed, summaries, settings)
        accepted = config.accept_changes
        tests: list[tuple[Origin, Backtest]] = []
        valuation = Valuation([fit_failed(failure)] if failure else [])
        if failure is None:
            valuation, tests = _valued(
                context, database, identity, log, summaries, settings, accepted
            )
        write_valuation(database, identity, valuation)
        if not _is_suspicious(valuation):
            channels = read_first_channels(database, company.company_id)
            for origin, test in tests:
                write_backtest(database, identity, origin, test, channels)
        graded = 0
        if not valuation.reasons:
            graded = grade_due_forecasts(database, identity, log)
    yield from _checks(valuation)
    if valuation.reasons:
        raise dg.Failure(
            "Blocked, the last good predictions stay: " + " ".join(valuation.reasons),
            allow_retries=False,
        )
    metadata = _metadata(summaries, valuation, identity)
    tables = {
        "predictions_customer": metadata,
        "backtests": _backtest_metadata(tests),
        "forecast_grades": {"dagster/row_count": dg.MetadataValue.int(graded)},
    }
    for table in _TABLES:
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata=tables.get(table),
            data_version=dg.DataVersion(identity.fit_id),
        )


def _nothing_sold() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """What is said of who has no shop: every check holds, nothing is written."""
    note = "This company's plan has no shop: no customer values are predicted for it."
    for name in GATES:
        yield dg.AssetCheckResult(
            asset_key=_PREDICTIONS, check_name=name, passed=True, description=note
        )
    for table in _TABLES:
        yield dg.MaterializeResult(asset_key=[_SCHEMA, table], metadata={"note": note})


def _settings(
    config: CustomerValueConfig, company: Company, url: str
) -> ValuationSettings:
    penalizer = config.penalizer
    if penalizer is None:
        penalizer = float(load_settings(url, company.company_id).value_penalizer)
    return ValuationSettings(
        annual_discount_rate=config.annual_discount_rate,
        penalizer=penalizer,
        currency_exponent=get_currency_precision(company.currency_code),
    )


def _valued(  # noqa: PLR0913, PLR0917  (what a verdict needs)
    context: dg.AssetExecutionContext,
    database: psycopg.Connection,
    identity: FitIdentity,
    log: PurchaseDays,
    summaries: pd.DataFrame,
    settings: ValuationSettings,
    accepted: bool,
) -> tuple[Valuation, list[tuple[Origin, Backtest]]]:
    """The verdict, and the backtests that were computed for it."""
    company_id, as_of_date = identity.company_id, identity.as_of_date
    origins = month_end_origins(log, as_of_date, settings.penalizer)
    stored = read_backtests(database, company_id, origins)
    missing = [one for one in origins if one.date not in set(stored["origin_date"])]
    tests = []
    for origin, test in rolling_backtests(log, missing, settings.penalizer):
        context.log.info(f"Backtest of {test}")
        tests.append((origin, test))
    scores = [part for part in (stored, *(judged(*one) for one in tests)) if len(part)]
    evidence = Evidence(
        mart=read_mart_totals(database, company_id, as_of_date),
        last=read_last_published(database, identity),
        sources=read_sources(database, company_id, as_of_date),
        backtests=judging(pd.concat(scores) if scores else stored, origins),
        # What somebody accepted once stays accepted when the same data run again.
        accept_changes=accepted or is_published(database, identity),
    )
    return value_customers(log, summaries, as_of_date, settings, evidence), tests


def _purchase_log(
    purchases: pd.DataFrame, as_of_date: dt.date
) -> tuple[PurchaseDays, CustomerValueError | None]:
    """The log; empty with the refusal when an amount cannot be used."""
    if purchases.empty:
        return PurchaseDays.empty(), None
    try:
        log, _ = purchase_days(purchases, as_of_date)
    except CustomerValueError as failure:
        return PurchaseDays.empty(), failure
    return log, None


def _is_suspicious(valuation: Valuation) -> bool:
    """Whether the purchases themselves are in doubt, and with them all backtests."""
    return any(
        gate.outcome == "blocked" and gate.gate in ABOUT_CHANGE
        for gate in valuation.gates
    )


def _check_as_of(summaries: pd.DataFrame, as_of_date: object) -> None:
    found = set(summaries["as_of_date"]) - {as_of_date}
    if found:
        raise dg.Failure(
            f"marts.customer_summaries is as of {max(found)}, not {as_of_date}: "
            "another run of this company came between. Run this day again.",
            allow_retries=False,
        )


def _checks(valuation: Valuation) -> Iterator[dg.AssetCheckResult]:
    results = {gate.gate: gate for gate in valuation.gates}
    for name in GATES:
        gate = results.get(name)
        yield dg.AssetCheckResult(
            asset_key=_PREDICTIONS,
            check_name=name,
            passed=gate is not None and gate.outcome == "passed",
            severity=dg.AssetCheckSeverity.WARN
            if gate is not None and gate.outcome == "warned"
            else dg.AssetCheckSeverity.ERROR,
            description=str(gate.message)
            if gate
            else "Not reached: an earlier gate blocks.",
        )


def _metadata(
    summaries: pd.DataFrame, valuation: Valuation, identity: FitIdentity
) -> dict[str, dg.MetadataValue]:
    from ml_assets.clv import plots

    predictions, model = valuation.predictions, valuation.model
    assert predictions is not None  # noqa: S101 - no reasons, so it was published
    assert model is not None  # noqa: S101
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(len(predictions)),
        "as_of_date": dg.MetadataValue.text(str(identity.as_of_date)),
        "data_through_date": dg.MetadataValue.text(str(identity.data_through_date)),
        "fit_id": dg.MetadataValue.text(identity.fit_id),
        "status": dg.MetadataValue.text(model.status),
        "currency_code": dg.MetadataValue.text(identity.currency_code),
        "predicted_value_12m": dg.MetadataValue.float(
            float(predictions["predicted_value_12m"].sum())
        ),
        "no_purchase_in_90_days": _image(plots.plot_no_purchase_histogram(predictions)),
    }
    if model.choice is None or model.choice.orders.fit is None:
        return metadata
    metadata["still_a_customer"] = _image(
        plots.plot_activity_map(model.choice.orders.fit.parameters)
    )
    metadata["candidates"] = dg.MetadataValue.md(_candidates(valuation))
    plain = {one.name: one.fit for one in model.candidates}.get("bg_nbd")
    if plain is not None and isinstance(plain.parameters, BgNbd):
        metadata["frequency_calibration"] = _image(
            plots.plot_frequency_calibration(summaries, plain.parameters)
        )
    return metadata


def _candidates(valuation: Valuation) -> str:
    """Which models were tried, as a table; the first one gives the orders."""
    assert valuation.model is not None  # noqa: S101
    lines = ["| model | log-likelihood | error | log-loss | |", "|---|---|---|---|---|"]
    for one in valuation.model.candidates:
        numbers = (
            "" if value is None else f"{value:,.4g}"
            for value in (one.log_likelihood, one.mae, one.log_loss)
        )
        lines.append(f"| {one.name} | {' | '.join(numbers)} | {one.reason or ''} |")
    return "\n".join(lines)


def _backtest_metadata(
    tests: list[tuple[Origin, Backtest]],
) -> dict[str, dg.MetadataValue] | None:
    """Pictures of the youngest backtest, on the night it is computed."""
    if not tests:
        return None
    from ml_assets.clv import plots

    origin, test = tests[0]
    return {
        "origin_date": dg.MetadataValue.text(str(origin.date)),
        "verdict": dg.MetadataValue.text(str(test)),
        "tracking": _image(plots.plot_tracking(test.tracking(points=6))),
        "calibration": _image(plots.plot_calibration(test.calibration)),
    }


def _image(png: bytes) -> dg.MetadataValue:
    return dg.MetadataValue.md(
        f"![plot](data:image/png;base64,{base64.b64encode(png).decode()})"
    )
