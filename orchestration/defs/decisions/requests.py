"""Every half minute: what people asked for is answered, company by company."""

import dagster as dg

from ml_assets.assets import scenarios
from orchestration.lib.activation.coupons import issuance as making
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.action_requests import companies_waiting
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Answers what people asked for, such as a scenario, within a minute.",
)
def action_requests(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason:
    """Request no run: an answer takes less than starting one.

    A company that fails stops no other, nor its scenarios its coupons, and the tick
    names it.
    """
    url, told, failed = warehouse.url(), [], []
    for company_id in companies_waiting(url):
        done = refused = 0
        for kind, answer in (("Scenarios", _scenarios), ("Coupons", _coupons)):
            try:
                answered = answer(url, company_id)
            # Whatever it is, the others wait for their answers.
            except Exception as failure:
                failed.append(company_id)
                context.log.exception(
                    f"{kind} of {company_id} could not be answered: {failure}"
                )
            else:
                done, refused = done + answered.done, refused + answered.refused
        told.append(f"{company_id}: {done} done, {refused} refused")
    if failed:
        names = ", ".join(dict.fromkeys(failed))
        return dg.SkipReason(f"Failed for {names}: see the log.")
    return dg.SkipReason("; ".join(told) or "Nobody waits for an answer.")


def _scenarios(url: str, company_id: str) -> scenarios.Answered:
    return scenarios.answer_requests(url, company_id)


def _coupons(url: str, company_id: str) -> making.Answered:
    settings = Settings.from_environment()
    return making.answer_coupon_requests(url, settings, company_id, lambda _: None)
