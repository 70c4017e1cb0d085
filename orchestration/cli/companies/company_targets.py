"""`timonel company target`: what a company wants of a month."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from orchestration.cli.alert_rules import change_rule
from orchestration.cli.console import (
    Format,
    FormatOption,
    fail,
    number_of,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.metric_registry import read_registry
from orchestration.lib.tenancy.metric_targets import (
    MetricTarget,
    load_targets,
    remove_target,
    set_target,
    targetable,
)
from orchestration.lib.warehouse.database import open_database

__all__ = ["set_limits", "target", "targets"]


def target(
    company_id: Annotated[str, typer.Argument(help="Whose target.")],
    metric: Annotated[str, typer.Argument(help="Such as net_sales or spend.")],
    month: Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="Which month.")],
    amount: Annotated[
        str, typer.Argument(help="What it should be; none to forget it.")
    ],
    warn: Annotated[
        float | None, typer.Option(help="From now on, tell past this (yellow).")
    ] = None,
    critical: Annotated[
        float | None, typer.Option(help="From now on, tell past this (red).")
    ] = None,
) -> None:
    """Set what a figure should be in a month; pages show it at once.

    On Ventas a target is of its month, on Ejecutiva until there is a later one. Limits
    are rules of the alerts (timonel alerts rules) and stay when the target goes. Rates
    are 0-1.
    """
    with plain_errors():
        url = open_database(Settings.from_environment())
        told = None
        if amount.lower() != "none":
            told = MetricTarget(metric, month.date(), number_of("AMOUNT", amount))
            told.check()
        target = float(told.target) if told else None
        _check_limits(metric, critical, warn, target)
        if told is None and not remove_target(url, company_id, metric, month.date()):
            raise fail(f"{company_id} has no target of {metric} in {month:%Y-%m}.")
        # Limits may be refused: the target is then not kept either.
        set_limits(url, company_id, metric, warn, critical)
        if told is not None:
            set_target(url, company_id, told)
    targets(company_id)


def set_limits(
    url: str,
    company_id: str,
    metric: str,
    warn: float | None = None,
    critical: float | None = None,
) -> None:
    """Make rules of a company's alerts of its limits on a figure; None changes none.

    Raises
    ------
    RuleBroken
        The figure stands in no view that rules can look at.
    """
    limits = (("warn", warn, "high"), ("critical", critical, "critical"))
    for word, number, severity in limits:
        if number is not None:
            name = f"{targetable()[metric]}.{metric}"
            told = {"threshold": number, "severity": severity, "status": "owner"}
            change_rule(url, company_id, f"{name}.{word}", name, told)


def _check_limits(
    metric: str, critical: float | None, warn: float | None, target: float | None
) -> None:
    """Of a figure that is to be high, critical lies lowest and the target highest."""
    declared = read_registry().get(metric)
    direction = declared.direction if declared else "higher_is_better"
    limits = [number for number in (critical, warn) if number is not None]
    if limits and direction == "neutral":
        raise fail(
            f"More of {metric} is neither better nor worse: it takes a target, and no "
            "--warn or --critical."
        )
    is_low = direction == "lower_is_better"
    known = limits if target is None or direction == "neutral" else [*limits, target]
    if known != sorted(known, reverse=is_low):
        raise fail("From the worst on: --critical, then --warn, then AMOUNT.")


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
