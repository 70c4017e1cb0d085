"""Compares the sum of a day's rows with what the account says of the whole day.

The two come from different calls, so a page that was lost, a row that came twice or a
level that misses spend shows up as a difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from taps.api_source.whole_reads import Record

__all__ = ["Control", "DayRead", "Judgement", "judge"]

#: ``equal``: the rows are all of the account. ``at_most``: the platform has no rows
#: for some of it (ads of automatic campaigns). None: there is nothing to compare with.
Control: TypeAlias = Literal["equal", "at_most"] | None

# Every row is rounded to its minor unit by the source.
_ROUNDING_PER_ROW = Decimal("0.01")


@dataclass
class DayRead:
    """What was read of one account and day.

    Parameters
    ----------
    records
        By stream.
    controls
        What the account said before the rows were read, and maybe after.
    """

    date: date
    read_at: datetime
    records: dict[str, list[Record]] = field(default_factory=dict)
    controls: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """Whether a day can be written.

    Parameters
    ----------
    problem
        What is odd about it: worth a second look.
    is_acceptable
        Whether it may be written all the same.
    control
        The total it was found to agree with; None while the day is still growing.
    """

    problem: str | None
    is_acceptable: bool
    control: Decimal | None


def judge(
    records: list[Record], controls: tuple[Decimal, ...], total_name: str, how: Control
) -> Judgement:
    """Compare a day's rows with the account's totals.

    Parameters
    ----------
    total_name
        The column that is added up.
    """
    if how is None or not controls:
        return Judgement(None, is_acceptable=True, control=None)
    total = sum((record[total_name] for record in records), Decimal())
    tolerance = _ROUNDING_PER_ROW * max(len(records), 1)
    for control in controls:
        if abs(total - control) <= tolerance:
            return Judgement(None, is_acceptable=True, control=control)
    if min(controls) < total < max(controls):
        # The day is running: it grew between the two calls, and we read in between.
        return Judgement(None, is_acceptable=True, control=None)
    return Judgement(
        f"{total_name} of the rows adds up to {total}, the account says {controls[-1]}",
        is_acceptable=how == "at_most" and total < controls[-1],
        control=controls[-1],
    )
