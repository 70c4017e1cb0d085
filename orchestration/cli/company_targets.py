"""`timonel company target`: what a company wants of a month."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from orchestration.cli.console import (
    Format,
    FormatOption,
    fail,
    number_of,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.metric_targets import (
    MetricTarget,
    load_targets,
    remove_target,
    set_target,
)
from orchestration.lib.warehouse.database import open_database

__all__ = ["target", "targets"]


def target(
    company_id: Annotated[str, typer.Argument(help="Whose target.")],
    metric: Annotated[str, typer.Argument(help="Such as net_sales or spend.")],
    month: Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="Which month.")],
    amount: Annotated[
        str, typer.Argument(help="What it should be; none to forget it.")
    ],
) -> None:
    """Set what a figure of Ventas should be in a month; pages show it at once."""
    with plain_errors():
        url = open_database(Settings.from_environment())
        if amount.lower() != "none":
            told = MetricTarget(metric, month.date(), number_of("AMOUNT", amount))
            set_target(url, company_id, told)
        elif not remove_target(url, company_id, metric, month.date()):
            raise fail(f"{company_id} has no target of {metric} in {month:%Y-%m}.")
    targets(company_id)


def targets(
    company_id: Annotated[str, typer.Argument(help="Whose targets.")],
    form: FormatOption = Format.table,
) -> None:
    """List the targets of a company."""
    with plain_errors():
        found = load_targets(open_database(Settings.from_environment()), company_id)
    rows = [
        {
            "month": f"{one.month_start_date:%Y-%m}",
            "metric": one.metric_name,
            "target": one.target,
        }
        for one in found
    ]
    nothing = (
        f"No target. Set one: timonel company target {company_id} net_sales "
        "2026-12 50000"
    )
    print_table(rows, form, nothing)
