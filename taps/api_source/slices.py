"""Slices: parts of a source that are read whole and replaced whole.

A slice is, for example, one account on one day. What a source does not mention any
more must not live on, so a slice is closed by a record on the stream ``slices``: our
target then deletes the slice's rows that were not read again. For any other target it
is a table of control totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from taps.api_source.schemas import Column, boolean, instant, integer, number, schema
from taps.api_source.schemas import text as text_column
from taps.api_source.streams import SourceStream

if TYPE_CHECKING:
    from taps.api_source.tap import SourceTap

__all__ = ["REPLACES_BY", "SlicedStream", "SlicesStream", "Tally", "days_to_read"]

#: Keyword of the ``slices`` schema that names the columns of a slice.
REPLACES_BY = "x-replaces-by"


@dataclass
class Tally:
    """What was written of one slice."""

    row_count: int = 0
    total: Decimal = field(default_factory=Decimal)

    def add(self, amount: Decimal | int = 0) -> None:
        """Count one row and its amount."""
        self.row_count += 1
        self.total += amount


class SlicedStream(SourceStream):
    """A stream that is read slice by slice.

    Its schema begins with the slice's columns and holds ``read_at``, when the read of
    the slice began; the loader keeps the later read of two.
    """

    replication_key = "read_at"
    #: The quantity whose sum is kept per slice, such as ``spend``; None for none.
    total_name: ClassVar[str | None] = None

    def close_slice(
        self,
        slice_: Mapping[str, Any],
        tally: Tally,
        read_at: datetime,
        *,
        control_total: Decimal | int | None = None,
        is_final: bool = False,
    ) -> None:
        """Say that a slice is complete; its rows must have been emitted before.

        Parameters
        ----------
        slice_
            Value by slice column.
        control_total
            What the source says the total is when asked another way.
        is_final
            Whether the source has stopped changing this slice.
        """
        if not self._is_selected:
            return
        slices = self._tap.streams["slices"]
        assert isinstance(slices, SlicesStream)  # noqa: S101 - by construction
        slices.emit(
            {
                "stream_name": self.name,
                **slice_,
                "row_count": tally.row_count,
                "total_name": self.total_name,
                "total": None if self.total_name is None else tally.total,
                "control_total": control_total,
                "is_final": is_final,
                "read_at": read_at,
            }
        )


class SlicesStream(SourceStream):
    """One row per slice of every other stream: what was read of it, and when.

    Parameters
    ----------
    slice_columns
        The columns that make a slice, in the order of the fact tables' keys.
    """

    name = "slices"
    replication_key = "read_at"

    def __init__(self, tap: SourceTap, slice_columns: tuple[Column, ...]) -> None:
        names = [column.name for column in slice_columns]
        key = ("stream_name", *names)
        columns = (_STREAM_NAME, *slice_columns, *_TOTALS)
        self.record_schema = schema(columns, key)  # type: ignore[misc]
        self.schema_keywords = {REPLACES_BY: names}
        super().__init__(tap)
        self.primary_keys = key

    def read(self) -> None:
        """Nothing: slices are closed by the streams that read them."""


def days_to_read(
    bookmark: str | date | None,
    *,
    first: date,
    last: date,
    lookback_days: int,
) -> Iterator[date]:
    """The days a run reads, oldest first.

    Parameters
    ----------
    bookmark
        Last day that was read before, ISO date; None on the first run.
    first, last
        First day there is to read, and the last complete or running day.
    lookback_days
        How many of the days already read the source may still change.
    """
    start = first
    if bookmark is not None:
        known = date.fromisoformat(str(bookmark)[:10])
        start = max(first, known - timedelta(days=lookback_days - 1))
    for offset in range((last - start).days + 1):
        yield start + timedelta(days=offset)


_STREAM_NAME = text_column("stream_name", "Stream the slice belongs to.")
_TOTALS = (
    integer("row_count", "Rows written of the slice."),
    text_column("total_name", "Column that the totals add up, if any."),
    number("total", "Sum of that column over the rows written."),
    number("control_total", "The same sum as the source gives it in another call."),
    boolean("is_final", "Whether the source has stopped changing the slice."),
    instant("read_at", "When the read of the slice began."),
)
