"""Warnings when orders or revenue are at another level than the weeks before."""

from collections.abc import Iterator

import dagster as dg

from ml_assets.measurement.level_changes import LevelChange
from orchestration.lib.data_quality.unusual_days import judge_total
from orchestration.lib.tenancy.partitions import CompanyDay
from orchestration.lib.warehouse.warehouse import Warehouse

_ASSET = dg.AssetKey(["marts", "company_days"])
_ORDERS, _REVENUE = "usual_order_count", "usual_net_revenue"


@dg.multi_asset_check(
    name="usual_volumes",
    specs=[
        dg.AssetCheckSpec(
            _ORDERS,
            asset=_ASSET,
            description="Orders of the last days, beside the eight weeks before.",
        ),
        dg.AssetCheckSpec(
            _REVENUE,
            asset=_ASSET,
            description="Net revenue of the last days, beside the eight weeks before.",
        ),
    ],
)
def usual_volumes(
    context: dg.AssetCheckExecutionContext,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[dg.AssetCheckResult]:
    """Compare the days up to the one the run may know last with the weeks before."""
    company_id, day = company_day.company_id(context), company_day.as_of(context)
    with warehouse.acting_as("transformer") as database:
        for name, total in ((_ORDERS, "order_count"), (_REVENUE, "net_revenue")):
            yield _result(name, judge_total(database, company_id, total, day))


def _result(name: str, found: LevelChange | None) -> dg.AssetCheckResult:
    if found is None:
        return _checked(name, "Less than six weeks of history: not judged.", {})
    days = f"{found.since}"
    if found.through != found.since:
        days += f" to {found.through}"
    said = (
        f"{days}: {found.value:,.0f} a day; "
        f"{found.expected:,.0f} are usual ({found.score:+.1f} deviations, told from "
        f"{found.threshold:.1f} on)."
    )
    if found.is_unusual:
        said += (
            " Did everything arrive, once? See timonel connections. A sale or a "
            "holiday is a reason too: nothing is held back."
        )
    numbers = {
        "value": found.value,
        "expected": found.expected,
        "score": found.score,
    }
    return _checked(name, said, numbers, passed=not found.is_unusual)


def _checked(
    name: str, description: str, numbers: dict[str, float], *, passed: bool = True
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_ASSET,
        check_name=name,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata={key: dg.MetadataValue.float(each) for key, each in numbers.items()},
    )
