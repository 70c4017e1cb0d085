"""Periods of unusual sales, taken out of what curves are learned from."""

from dataclasses import replace
from typing import Final

import numpy as np

from ml_assets.media_plan.media_days import MediaDays
from ml_assets.mmm.unusual import Unusual, unusual_periods

__all__ = ["without_unusual"]

# Events of the company's calendar are controls of these names already.
_NAMED: Final = "event_"


def without_unusual(
    periods: MediaDays, outcome: str
) -> tuple[MediaDays, list[str], list[Unusual]]:
    """The periods with a control for each unusual one, their dates, and how unusual.

    The control takes the whole period: what was sold stays in the contributions, as an
    event, and what was spent goes on working in the periods after it.
    """
    frame = periods.frame
    events = [name for name in periods.controls if name.startswith(_NAMED)]
    named = (frame[events] > 0).any(axis=1).to_numpy(dtype=bool)
    sold = frame[outcome].to_numpy(dtype=np.float64)
    found = unusual_periods(sold, named, periods.period_days)
    dates = [f"{frame['date'].iloc[one.position]:%Y-%m-%d}" for one in found]
    columns = {
        f"unusual_{date}": (np.arange(len(frame)) == one.position).astype(np.float64)
        for date, one in zip(dates, found, strict=True)
    }
    taken = replace(
        periods,
        frame=frame.assign(**columns),
        controls=(*periods.controls, *columns),
    )
    return taken, dates, found
