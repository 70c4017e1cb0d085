"""Who stays, who leaves and what each customer is worth: BG/NBD and Gamma-Gamma."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pandas as pd
from babel.numbers import get_currency_precision

from ml_assets.assets.prediction_tables import (
    FitIdentity,
    read_mart_totals,
    read_summaries,
    write_valuation,
)
from ml_assets.clv.fit_identity import MODEL_VERSION, data_hash, fit_id
from ml_assets.clv.plots import (
    plot_activity_map,
    plot_frequency_calibration,
    plot_no_purchase_histogram,
)
from ml_assets.clv.valuation import (
    GATES,
    Valuation,
    ValuationSettings,
    value_customers,
)
from orchestration.lib.companies import load_company
from orchestration.lib.partitions import CompanyDay, company_days
from orchestration.lib.warehouse import Warehouse

_SCHEMA = "predictions"
_PREDICTIONS = dg.AssetKey([_SCHEMA, "predictions_customer"])
_TABLES = {
    "model_fits": "Every fit, published or blocked and why. One row per company, fit.",
    "model_parameters": "Parameters. One row per company, fit, model, parameter.",
    "model_covariances": "Covariances. One row per company, fit, model, pair.",
    "gate_results": "What each gate saw. One row per company, fit, gate.",
    "predictions_customer": "The predictions in force. One row per company, customer.",
    "predictions_customer_history": (
        "Every prediction ever made. One row per company, fit, customer."
    ),
}


class CustomerValueConfig(dg.Config):
    """Settings of the value models; recorded with the fit."""

    annual_discount_rate: float = ValuationSettings.annual_discount_rate
    penalizer: float = ValuationSettings.penalizer


@dg.multi_asset(
    name="customer_value",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[["marts", "customer_summaries"]],
            group_name="ml_clv",
            kinds={"python", "scipy"},
            owners=["team:data"],
            code_version=MODEL_VERSION,
        )
        for table, description in _TABLES.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(gate, asset=_PREDICTIONS, blocking=True) for gate in GATES
    ],
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
    settings = ValuationSettings(**config.model_dump())
    with warehouse.acting_as("scientist") as database:
        summaries = read_summaries(database, company.company_id)
        _check_as_of(summaries, as_of_date)
        valuation = value_customers(
            summaries,
            as_of_date,
            settings,
            read_mart_totals(database, company.company_id, as_of_date),
            currency_exponent=get_currency_precision(company.currency_code),
        )
        hashed = data_hash(summaries)
        identity = FitIdentity(
            company_id=company.company_id,
            fit_id=fit_id(
                company.company_id,
                as_of_date,
                MODEL_VERSION,
                hashed,
                {**settings.as_json(), "currency_code": company.currency_code},
            ),
            as_of_date=as_of_date,
            data_through_date=_last_order(summaries),
            data_hash=hashed,
            currency_code=company.currency_code,
            settings=settings.as_json(),
            fitted_at=datetime.now(UTC),
        )
        write_valuation(database, identity, valuation)
    yield from _checks(valuation)
    if valuation.reasons:
        raise dg.Failure(
            "Blocked, the last good predictions stay: " + " ".join(valuation.reasons),
            allow_retries=False,
        )
    metadata = _metadata(summaries, valuation, identity)
    for table in _TABLES:
        is_main = table == "predictions_customer"
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata=metadata if is_main else None,
            data_version=dg.DataVersion(identity.fit_id),
        )


def _check_as_of(summaries: pd.DataFrame, as_of_date: object) -> None:
    found = set(summaries["as_of_date"]) - {as_of_date}
    if found:
        raise dg.Failure(
            f"marts.customer_summaries is as of {max(found)}, not {as_of_date}: "
            "another run of this company came between. Run this day again.",
            allow_retries=False,
        )


def _last_order(summaries: pd.DataFrame) -> datetime | None:
    return summaries["last_order_date"].max() if len(summaries) else None


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
            description=gate.message
            if gate
            else "Not reached: an earlier gate blocks.",
        )


def _metadata(
    summaries: pd.DataFrame, valuation: Valuation, identity: FitIdentity
) -> dict[str, dg.MetadataValue]:
    predictions, purchases = valuation.predictions, valuation.bg_nbd
    assert predictions is not None  # noqa: S101 - no reasons, so it was published
    assert purchases is not None  # noqa: S101
    return {
        "dagster/row_count": dg.MetadataValue.int(len(predictions)),
        "as_of_date": dg.MetadataValue.text(str(identity.as_of_date)),
        "data_through_date": dg.MetadataValue.text(str(identity.data_through_date)),
        "fit_id": dg.MetadataValue.text(identity.fit_id),
        "predicted_value_12m": dg.MetadataValue.float(
            float(predictions["predicted_value_12m"].sum())
        ),
        "frequency_calibration": _image(
            plot_frequency_calibration(summaries, purchases.parameters)
        ),
        "still_a_customer": _image(plot_activity_map(purchases.parameters)),
        "no_purchase_in_90_days": _image(plot_no_purchase_histogram(predictions)),
    }


def _image(png: bytes) -> dg.MetadataValue:
    return dg.MetadataValue.md(
        f"![plot](data:image/png;base64,{base64.b64encode(png).decode()})"
    )
