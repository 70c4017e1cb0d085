"""A day of a property, split: the same totals always into the same pieces."""

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from sandbox.search_console.sites import Site
from sandbox.search_console.wording import brand_query, page, plain_query
from sandbox.simulation.records import SiteDay

__all__ = ["Cell", "split"]

_BRAND_CELLS: Final = 12
_IMPRESSIONS_PER_BRAND_CLICK: Final = 2.2
_FIRST_ANONYMOUS: Final = 40
_ANONYMOUS_PERCENT: Final = 20
_WORD: Final = 0xFFFFFFFF
_ABROAD: Final = ("prt",) * 6 + ("fra",) * 6 + ("deu",) * 4
_DEVICES: Final = ("MOBILE",) * 62 + ("DESKTOP",) * 33 + ("TABLET",) * 5


class Cell(NamedTuple):
    """What one kind of search brought: query, landing page, country and device.

    A query that too few people made has no name (None): it counts in the totals and
    is missing wherever queries are told apart. `second_page` was shown in the same
    results: it counts only when pages are counted one by one.
    """

    query: str | None
    page: str
    country: str
    device: str
    clicks: int
    impressions: int
    position: float
    second_page: str
    second_impressions: int


@lru_cache(maxsize=4)
def split(site: Site, day: SiteDay) -> list[Cell]:
    """The day's cells; their clicks and impressions add up to the day's."""
    count = min(site.cell_count, day.impressions)
    if count == 0:
        return []
    brand_count = min(_BRAND_CELLS, count // 3)
    brand_clicks = round(day.clicks * day.brand_share) if brand_count else 0
    wanted = round(brand_clicks * _IMPRESSIONS_PER_BRAND_CLICK)
    room = day.impressions - (count - brand_count)
    brand_impressions = max(min(wanted, room), brand_count)
    brand_clicks = min(brand_clicks, brand_impressions)
    impressions = [
        *_shares(brand_impressions, brand_count),
        *_shares(day.impressions - brand_impressions, count - brand_count),
    ]
    clicks = _capped(
        [
            *_cumulative(brand_clicks, _weights(brand_count)),
            *_cumulative(day.clicks - brand_clicks, _weights(count - brand_count)),
        ],
        impressions,
    )
    chances = _chances(site, count)
    places = _places(chances, brand_count, impressions, day.position)
    figures = zip(chances, clicks, impressions, places, strict=True)
    return [
        _cell(site, number, brand_count, *one) for number, one in enumerate(figures)
    ]


def _chances(site: Site, count: int) -> list[int]:
    """A number of 32 bits per cell, as if by chance, always the same."""
    seed = zlib.crc32(site.url.encode())
    return [_mixed(number ^ seed) for number in range(count)]


def _mixed(number: int) -> int:
    """The finaliser of MurmurHash3: neighbours come out far apart."""
    number ^= number >> 16
    number = number * 0x85EBCA6B & _WORD
    number ^= number >> 13
    number = number * 0xC2B2AE35 & _WORD
    return number ^ number >> 16


def _places(
    chances: list[int], brand_count: int, impressions: list[int], position: float
) -> list[float]:
    """Positions, the brand's near the top; on average (by impressions) the day's."""
    found = [
        1.0 + (chance >> 8) % 10 / 10
        if number < brand_count
        else position * (0.5 + (chance >> 8) % 100 / 100)
        for number, chance in enumerate(chances)
    ]
    weighted = [place * shown for place, shown in zip(found, impressions, strict=True)]
    brand = sum(weighted[:brand_count])
    plain = sum(weighted[brand_count:])
    scale = (position * sum(impressions) - brand) / plain if plain else 1.0
    return [
        place if number < brand_count else max(1.0, place * scale)
        for number, place in enumerate(found)
    ]


def _cell(  # noqa: PLR0913, PLR0917
    site: Site,
    number: int,
    brand_count: int,
    chance: int,
    clicks: int,
    impressions: int,
    place: float,
) -> Cell:
    query: str | None
    if number < brand_count:
        query = brand_query(site, number)
    elif number >= _FIRST_ANONYMOUS and (chance >> 12) % 100 < _ANONYMOUS_PERCENT:
        query = None
    else:
        # Four cells share three queries: the fourth is another device or country.
        query = plain_query((number - brand_count) * 3 // 4)
    has_second = (chance >> 20) % 10 == 0
    return Cell(
        query,
        page(site, chance >> 4),
        _country(site, (chance >> 6) % 100),
        _DEVICES[(chance >> 10) % 100],
        clicks,
        impressions,
        place,
        page(site, (chance >> 4) + 1),
        max(1, impressions // 3) if has_second else 0,
    )


def _country(site: Site, percent: int) -> str:
    return _ABROAD[percent] if percent < len(_ABROAD) else site.country


def _shares(total: int, count: int) -> Iterator[int]:
    """`total` in `count` pieces of at least one, the first ones largest."""
    return (1 + piece for piece in _cumulative(total - count, _weights(count)))


@lru_cache(maxsize=64)
def _weights(count: int) -> Sequence[float]:
    """Cumulative shares of a Zipf law: the last is 1."""
    running = list(accumulate(1 / (rank + 3) for rank in range(count)))
    return [value / running[-1] for value in running] if running else []


def _cumulative(total: int, weights: Sequence[float]) -> Iterator[int]:
    """Pieces that add up to `total`, rounded so that nothing is lost on the way."""
    given = 0
    for weight in weights:
        reached = round(total * weight)
        yield reached - given
        given = reached


def _capped(clicks: list[int], impressions: list[int]) -> list[int]:
    """Nobody clicks what was not shown: what is too much goes to the next."""
    found, carried = [], 0
    for wanted, shown in zip(clicks, impressions, strict=True):
        taken = min(wanted + carried, shown)
        carried += wanted - taken
        found.append(taken)
    for number, shown in enumerate(impressions):
        if carried == 0:
            break
        more = min(shown - found[number], carried)
        found[number] += more
        carried -= more
    return found
