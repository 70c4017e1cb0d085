"""Every half minute: what people asked for is answered, company by company."""

from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration.defs.decisions.handlers import handlers_by_kind
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.by_itself import sensor_status
from orchestration.lib.reporting.action_answers import Handler, answer_waiting
from orchestration.lib.reporting.action_requests import waiting_kinds
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=sensor_status(),
    description="Answers what people asked for, such as a scenario, within a minute.",
)
def action_requests(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason:
    """Request no run: an answer takes less than starting one.

    A company that fails stops no other, nor its scenarios its coupons. The tick names
    it, and requests of a kind that nobody here answers.
    """
    handlers = handlers_by_kind(Settings.from_environment())
    lines = list(_answers(context, warehouse.url(), handlers))
    return dg.SkipReason("; ".join(lines) or "Nobody waits for an answer.")


def _answers(
    context: dg.SensorEvaluationContext, url: str, handlers: Mapping[str, Handler]
) -> Iterator[str]:
    for company_id, kind in waiting_kinds(url):
        handler = handlers.get(kind)
        if handler is None:
            known = ", ".join(sorted(handlers))
            yield (
                f"{company_id}: nobody here answers {kind!r}, which stays open (known: "
                f"{known})"
            )
            continue
        try:
            answered = answer_waiting(url, company_id, handler)
        # Whatever it is, the others wait for their answers.
        except Exception as failure:
            context.log.exception(
                f"{kind} of {company_id} could not be answered: {failure}"
            )
            yield f"{company_id}: {kind} failed, see the log"
        else:
            yield (
                f"{company_id}: {kind} {answered.done} done, {answered.refused} refused"
            )
