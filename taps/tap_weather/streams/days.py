"""The weather of one place on one day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from taps.api_source.schemas import boolean, instant, number, schema, text
from taps.api_source.schemas import date as date_column
from taps.api_source.slices import SlicedStream, Tally, days_to_read
from taps.tap_weather.client import LONGEST_PAST_DAYS, DayOfWeather
from taps.tap_weather.settings import Location

if TYPE_CHECKING:
    from taps.tap_weather.tap import TapWeather

__all__ = ["LOOKBACK_DAYS", "SLICE_COLUMNS", "DaysStream"]

#: The archive comes five days late and is revised for some days more.
LOOKBACK_DAYS = 10

_DEFAULT_HISTORY = timedelta(days=3 * 365)
_DAYS_PER_REQUEST = 366
# A request of up to two weeks counts as one.
_RECENT_DAYS = 14

SLICE_COLUMNS = (
    text("location_id", "The place, as the settings call it."),
    date_column("date", "Day in the place's time zone."),
)
_KEY = tuple(column.name for column in SLICE_COLUMNS)


class DaysStream(SlicedStream):
    """One row per place and day that is over and known."""

    name = "days"
    primary_keys = _KEY
    record_schema = schema(
        (
            *SLICE_COLUMNS,
            number("temperature_mean_c", "Mean temperature at 2 m, degrees Celsius."),
            number("precipitation_mm", "Rain, showers and snow, millimetres."),
            number("sunshine_hours", "Time with direct sunshine, hours."),
            boolean("is_final", "From the archive; else from the forecast, for now."),
            instant("read_at", "When the read of the day began."),
        ),
        _KEY,
    )

    _tap: TapWeather

    def read(self) -> None:
        """Read the days of each place, oldest first."""
        for place in self._tap.locations:
            recent = self._tap.weather.recent(place, _RECENT_DAYS)
            days = self._days(place, today=recent[-1].day)
            for start in range(0, len(days), _DAYS_PER_REQUEST):
                part = days[start : start + _DAYS_PER_REQUEST]
                self._read_days(place, part, recent)

    def _days(self, place: Location, today: date) -> list[date]:
        last = today - timedelta(days=1)
        if self._tap.end_date is not None:
            last = min(last, self._tap.end_date)
        first = self._tap.start_date or today - _DEFAULT_HISTORY
        bookmark = self.bookmark(location_id=place.location_id)
        return list(
            days_to_read(bookmark, first=first, last=last, lookback_days=LOOKBACK_DAYS)
        )

    def _read_days(
        self, place: Location, days: Sequence[date], recent: Sequence[DayOfWeather]
    ) -> None:
        read_at = datetime.now(UTC)
        known = []
        for weather, is_final in self._weather(place, days, recent):
            # What has not arrived is no row, and no zero. A later run finds it.
            if weather.is_known:
                self._write(place, weather, read_at, is_final=is_final)
                known.append(weather.day)
        if missing := len(days) - len(known):
            self.logger.warning(
                "%s: %s days from %s on are not known yet",
                place.location_id,
                f"{missing:,}",
                min(set(days) - set(known)),
            )
        if (last := self._last_in_a_row(days, known, recent[-1].day)) is not None:
            before = self.bookmark(location_id=place.location_id) or ""
            moved = max(str(before), last.isoformat())
            self.advance(moved, location_id=place.location_id)
        self.logger.info(
            "%s: %s days to %s read", place.location_id, f"{len(known):,}", days[-1]
        )

    @staticmethod
    def _last_in_a_row(
        days: Sequence[date], known: Sequence[date], today: date
    ) -> date | None:
        """The day up to which all is known, or is too old to be known ever."""
        oldest = today - timedelta(days=LONGEST_PAST_DAYS)
        late = [day for day in days if day >= oldest and day not in set(known)]
        done = [day for day in known if not late or day < late[0]]
        return done[-1] if done else None

    def _weather(
        self, place: Location, days: Sequence[date], recent: Sequence[DayOfWeather]
    ) -> Iterator[tuple[DayOfWeather, bool]]:
        """Each day, with whether it is from the archive."""
        archive = self._tap.weather.archive(place, days[0], days[-1])
        late = [weather.day for weather in archive if not weather.is_complete]
        oldest = recent[-1].day - timedelta(days=LONGEST_PAST_DAYS)
        if late and oldest <= late[0] < recent[0].day:
            recent = self._tap.weather.recent(place, (recent[-1].day - late[0]).days)
        substitutes = {weather.day: weather for weather in recent if weather.is_known}
        for weather in archive:
            if weather.is_complete or weather.day not in substitutes:
                yield weather, weather.is_complete
            else:
                yield substitutes[weather.day], False

    def _write(
        self,
        place: Location,
        weather: DayOfWeather,
        read_at: datetime,
        *,
        is_final: bool,
    ) -> None:
        slice_ = {"location_id": place.location_id, "date": weather.day}
        self.emit(
            {
                **slice_,
                "temperature_mean_c": weather.temperature_mean_c,
                "precipitation_mm": weather.precipitation_mm,
                "sunshine_hours": weather.sunshine_hours,
                "is_final": is_final,
                "read_at": read_at,
            }
        )
        tally = Tally()
        tally.add()
        self.close_slice(slice_, tally, read_at, is_final=is_final)
