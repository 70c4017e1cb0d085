"""What each figure was before a programme, as it was first known."""

from __future__ import annotations

from datetime import date

import pandas as pd

__all__ = ["figures_before"]


def figures_before(
    figures: pd.DataFrame, known: pd.DataFrame, first_month: date, today: date
) -> pd.DataFrame:
    """Figures of the month before a programme: those frozen, and what is lacking.

    Parameters
    ----------
    figures
        ``metric_name``, ``month_start_date``, ``kpi_value``.
    known
        What was frozen: nothing of it moves, whatever is told of that month since.
    """
    month = (pd.Timestamp(first_month) - pd.DateOffset(months=1)).date()
    if figures.empty:
        return known
    lacking = figures[
        (figures["month_start_date"] == month)
        & figures["kpi_value"].notna()
        & ~figures["metric_name"].isin(known["metric_name"])
    ]
    if lacking.empty:
        return known
    return pd.concat([known, lacking.assign(frozen_on=today)])
