"""Every half minute: what people asked for is answered, company by company."""

import dagster as dg

from ml_assets.assets.scenarios import answer_requests
from orchestration.lib.action_requests import companies_waiting
from orchestration.lib.coupons.making import answer_coupon_requests
from orchestration.lib.settings import Settings
from orchestration.lib.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Answers what people asked for, such as a scenario, within a minute.",
)
def action_requests(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason:
    """Request no run: an answer takes less than starting one.

    A company that fails stops no other, and the tick names it.
    """
    url, told, failed = warehouse.url(), [], []
    for company_id in companies_waiting(url):
        try:
            told.append(_answer(url, company_id))
        # Whatever it is, the other companies wait for their answers.
        except Exception as failure:
            failed.append(company_id)
            context.log.exception(
                f"Requests of {company_id} could not be answered: {failure}"
            )
    if failed:
        return dg.SkipReason(f"Failed for {', '.join(failed)}: see the log.")
    return dg.SkipReason("; ".join(told) or "Nobody waits for an answer.")


def _answer(url: str, company_id: str) -> str:
    plans = answer_requests(url, company_id)
    coupons = answer_coupon_requests(
        url, Settings.from_environment(), company_id, lambda _: None
    )
    done, refused = plans.done + coupons.done, plans.refused + coupons.refused
    return f"{company_id}: {done} done, {refused} refused"
