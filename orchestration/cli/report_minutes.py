"""`timonel report minutes`: how long people take to prepare a review, once and now."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.cli.console import console, plain_errors
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.report_preparations import Preparation, note
from orchestration.lib.warehouse.database import open_database

__all__ = ["minutes"]


class Review(StrEnum):
    """Which business review."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


def minutes(
    review: Annotated[Review, typer.Argument(help="Which business review.")],
    taken: Annotated[float, typer.Argument(min=1, help="Minutes of work, of all.")],
    company: Annotated[str, typer.Option(help="Whose.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day. First: today.")
    ] = None,
    is_baseline: Annotated[
        bool, typer.Option("--baseline", help="It is how it was before Timonel.")
    ] = False,
) -> None:
    """Note how long a review took; the page *Técnica* holds it against the baseline."""
    day = (on or datetime.now(UTC)).date()
    with plain_errors():
        url = open_database(Settings.from_environment())
        note(url, company, Preparation(review.value, day, taken, is_baseline))
    console.print(f"Noted: {taken:g} minutes, {review.value}, {day}.")
