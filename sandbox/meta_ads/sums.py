"""Figures of one insights row while they are added up."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sandbox.simulation.records import AdConversions, AdDay

__all__ = ["Sums", "by_platform"]

_SEEN_BY_SEVERAL = 0.72


@dataclass
class Sums:
    """Money in minor units. Reach does not add up: ads reach the same people."""

    spend_minor: int = 0
    impressions: int = 0
    clicks: int = 0
    inline_link_clicks: int = 0
    conversions: dict[str, tuple[int, int]] = field(default_factory=dict)
    _reached: int = 0
    _most_reached: int = 0
    _parts: int = 0

    def add(self, day: AdDay) -> None:
        """Count one ad's day."""
        self.spend_minor += day.spend_micros * 10**day.exponent // 1_000_000
        self.impressions += day.impressions
        self.clicks += day.clicks
        self.inline_link_clicks += day.inline_link_clicks
        self._reached += day.reach
        self._most_reached = max(self._most_reached, day.reach)
        self._parts += 1
        for window, claimed in day.conversions.items():
            count, value = self.conversions.get(window, (0, 0))
            self.conversions[window] = (
                count + claimed.count,
                value + claimed.value_minor,
            )

    @property
    def reach(self) -> int:
        """People reached, less than the sum as soon as there is more than one part."""
        if self._parts <= 1:
            return self._reached
        return max(self._most_reached, round(self._reached * _SEEN_BY_SEVERAL))

    @property
    def is_delivered(self) -> bool:
        """Whether there is a row at all."""
        return bool(self.impressions or self.spend_minor or self.conversions)


def by_platform(day: AdDay) -> Iterator[tuple[str, AdDay]]:
    """The day's parts per publisher platform: they add up to the day."""
    shares = day.platform_shares or {"facebook": 1.0}
    reached, before = 0.0, _part(day, 0.0)
    total = sum(shares.values())
    for platform, share in shares.items():
        reached += share / total
        upto = _part(day, reached)
        yield platform, _difference(upto, before)
        before = upto


def _part(day: AdDay, share: float) -> AdDay:
    """The day up to a share of it, rounded to whole minor units and whole events."""
    unit = 1_000_000 // 10**day.exponent
    return replace(
        day,
        spend_micros=round(day.spend_micros // unit * share) * unit,
        impressions=round(day.impressions * share),
        clicks=round(day.clicks * share),
        inline_link_clicks=round(day.inline_link_clicks * share),
        reach=round(day.reach * share),
        conversions={
            window: AdConversions(
                round(claimed.count * share), round(claimed.value_minor * share)
            )
            for window, claimed in day.conversions.items()
        },
    )


def _difference(upto: AdDay, before: AdDay) -> AdDay:
    return replace(
        upto,
        spend_micros=upto.spend_micros - before.spend_micros,
        impressions=upto.impressions - before.impressions,
        clicks=upto.clicks - before.clicks,
        inline_link_clicks=upto.inline_link_clicks - before.inline_link_clicks,
        reach=upto.reach - before.reach,
        conversions={
            window: AdConversions(
                upto.conversions[window].count - before.conversions[window].count,
                upto.conversions[window].value_minor
                - before.conversions[window].value_minor,
            )
            for window in upto.conversions
        },
    )
