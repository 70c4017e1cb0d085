"""Reports by mail, at each company's own hour: decided here, sent by a run."""

from datetime import UTC

import dagster as dg

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.by_itself import schedule_status
from orchestration.lib.reporting.report_delivery import deliver
from orchestration.lib.reporting.report_schedules import list_due, read_rhythms
from orchestration.lib.warehouse.warehouse import Warehouse


class ReportToMail(dg.Config):
    """Which report, of whom."""

    company_id: str
    template: str


@dg.op(description="Draws a report and mails it to who does not have it yet.")
def mail_report(
    context: dg.OpExecutionContext, config: ReportToMail, warehouse: Warehouse
) -> None:
    """Send it; fails where a mail was refused, and only that one is tried again."""
    settings = Settings.from_environment()
    outcomes = deliver(warehouse.url(), settings, config.company_id, config.template)
    for one in outcomes:
        context.log.info(f"{one.recipient}: {one.state}")
    refused = [one for one in outcomes if one.state == "failed"]
    if refused:
        told = "; ".join(f"{one.recipient}: {one.reason}" for one in refused)
        raise dg.Failure(
            f"{len(refused)} of {len(outcomes)} mails of {config.company_id} were "
            f"refused: {told}. Correct the address or the channel, then run again: "
            f"timonel report send --company {config.company_id} --template "
            f"{config.template}"
        )


@dg.job(description="One report of one company, to the recipients it named.")
def mail_reports() -> None:
    """One step."""
    mail_report()


@dg.schedule(
    job=mail_reports,
    # Quarters of an hour, because time zones differ by them.
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    default_status=schedule_status(),
    description=(
        "Mails each company's reports at the hours of metabase/delivery.yml, in its "
        "own time: where recipients are named and there is a mail channel, and once."
    ),
)
def due_reports(
    context: dg.ScheduleEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason | list[dg.RunRequest]:
    """Request what fell due; a request of the same day is not made twice."""
    now = context.scheduled_execution_time.astimezone(UTC)
    requests = [
        dg.RunRequest(
            run_key=f"{one.company_id} {one.template} {one.day}",
            run_config=dg.RunConfig(
                ops={
                    "mail_report": ReportToMail(
                        company_id=one.company_id, template=one.template
                    )
                }
            ),
            tags={"timonel/company": one.company_id},
        )
        for one in list_due(warehouse.url(), now, read_rhythms())
    ]
    return requests or dg.SkipReason("No report is due that could be mailed.")
