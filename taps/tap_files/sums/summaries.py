"""Rows of a spend report that add up others and do not say so.

Ads Manager puts a row without a name above its campaigns, and one per campaign above
its ages or places: the same money again. So is a month beside its days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.cells import Loaded, Outcome
from taps.tap_files.values.periods import both_ends
from taps.tap_files.wording import normalised

__all__ = ["may_have_summaries", "summary_lines"]

_NAMING = ("channel", "account_id", "campaign_id", "campaign_name")
_CAMPAIGNS = ("campaign_id", "campaign_name")
"""Of a channel alone two periods may be two campaigns, and share days."""
_BREAKDOWNS = frozenset(
    {
        "adsetname", "adset", "conjuntodeanuncios", "nombredelconjuntodeanuncios",
        "adname", "ad", "anuncio", "nombredelanuncio", "adgroup", "adgroupname",
        "grupodeanuncios", "keyword", "palabraclave", "age", "edad", "gender", "sexo",
        "genero", "region", "country", "pais", "platform", "plataforma", "placement",
        "ubicacion", "device", "dispositivo", "impressiondevice", "deviceplatform",
        "dispositivodeimpresion", "network", "red", "objective", "objetivo",
    }
)  # fmt: skip
"""Headers, normalised, of what a platform splits its campaigns by."""
_EVERYTHING = frozenset(
    {
        "", "all", "total", "todo", "todos", "todas", "allcampaigns", "totalcampaigns",
        "todaslascampanas", "totalcampanas", "totaldecampanas", "todasascampanhas",
        "allekampagnen", "toutes", "touteslescampagnes", "tutti", "tutte",
        "tuttelecampagne", "allecampagnes", "alle", "alladsets", "allads",
        "todoslosconjuntosdeanuncios", "todoslosanuncios", "alldevices", "allchannels",
        "allnetworks", "allcountries", "allplatforms", "alllocations", "allsources",
        "todosloscanales", "todoslosdispositivos", "todaslasredes", "todoslospaises",
        "todaslasplataformas", "allekanale", "allegerate", "todososcanais",
    }
)  # fmt: skip
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class _Spend:
    line: int
    #: Position -> what it names, where it names something.
    names: dict[int, str]
    first: str
    last: str
    amount: Decimal
    #: Whether it says in a word that it is of all.
    says_all: bool


_Periods = dict[tuple[str, str], list[_Spend]]


def may_have_summaries(binding: Binding, rows: Iterator[Row]) -> bool:
    """Whether some rows name less than others, or cover more days than others.

    Else nothing adds up anything.
    """
    positions = _dimensions(binding)
    found = (binding.positions.get(column) for column in ("spend_date", "period_end"))
    ends = [position for position in found if position is not None]
    patterns: set[tuple[bool, ...]] = set()
    is_of_periods = binding.positions.keys() & {"week", "month"}
    for row in rows:
        if row.problem:
            continue
        told = [as_text(row.cells[position]) for position in ends]
        names = (_is_name(as_text(row.cells[position])) for position in positions)
        patterns.add(tuple(names))
        if len({*told}) > 1 or any(map(both_ends, told)):
            is_of_periods = is_of_periods or {"period_end"}
    # Two periods may overlap; two days do not.
    return len(patterns) > 1 or bool(is_of_periods)


def summary_lines(
    name: str,
    binding: Binding,
    rows: Iterator[tuple[Row, Outcome]],
) -> frozenset[int]:
    """Lines of a spend file's rows whose money other rows tell in more detail.

    A row adds up others when it names less than they do, nothing else than they do,
    and its spend is theirs within its days.

    Raises
    ------
    FileError
        A row of a known report names no campaign where others do, or any row says that
        it is of all, and is not their sum;
        or one covers days that others of the same names tell as well, and not the same.
    """
    positions = _dimensions(binding)
    spends = [
        _spend(row, outcome, positions)
        for row, outcome in rows
        if isinstance(outcome, Loaded)
    ]
    patterns = {frozenset(each.names) for each in spends}
    found: set[int] = set()
    told: list[_Spend] = []
    for pattern in sorted(patterns, key=len, reverse=True):
        within = _sums_by(pattern, told)
        for each in [s for s in spends if frozenset(s.names) == pattern]:
            count, amount = within(each)
            if not count:
                told.append(each)
            elif abs(amount - each.amount) <= _CENT * (count + 1) and (
                count > 1 or binding.preset
            ):
                found.add(each.line)
            else:
                _refuse_unexplained(name, binding, each, amount)
                told.append(each)
    return frozenset(found | set(_longer_periods(name, binding, told)))


def _longer_periods(name: str, binding: Binding, told: list[_Spend]) -> Iterator[int]:
    """Lines of rows whose days other rows of the same names tell, as a month's."""
    groups: dict[tuple[tuple[int, str], ...], _Periods] = defaultdict(dict)
    named = {binding.positions.get(column) for column in _CAMPAIGNS}
    for each in told:
        periods = groups[tuple(sorted(each.names.items()))]
        periods.setdefault((each.first, each.last), []).append(each)
    for periods in groups.values():
        for first, last in [p for p in periods if len(periods) > 1 and p[0] < p[1]]:
            whole = periods[first, last]
            within = [
                each
                for (start, end), some in periods.items()
                if first <= start and end <= last and (start, end) != (first, last)
                for each in some
            ]
            if not within:
                if named & whole[0].names.keys():
                    _refuse_overlap(name, whole, periods)
                continue
            difference = abs(_sum(within) - _sum(whole))
            if difference > _CENT * (len(within) + 1):
                raise _told_by_others(name, whole, within)
            yield from (each.line for each in whole)


def _refuse_overlap(name: str, whole: list[_Spend], periods: _Periods) -> None:
    """Refuse two periods of one campaign that share days, and not all of them."""
    first, last = whole[0].first, whole[0].last
    for (start, end), some in periods.items():
        if first < start <= last < end:
            problem = (
                f"the row covers {first} to {last}, and line {some[0].line} {start} to "
                f"{end} of the same campaign: what both cover would be counted twice"
            )
            remedy = (
                "Export the report again by day, or for periods without days in common"
            )
            raise FileError(name, problem, remedy=remedy, line=whole[0].line)


def _sum(spends: list[_Spend]) -> Decimal:
    return sum((each.amount for each in spends), Decimal(0))


def _told_by_others(name: str, whole: list[_Spend], within: list[_Spend]) -> FileError:
    line = whole[0].line
    problem = (
        f"the row covers {whole[0].first} to {whole[0].last}, and line "
        f"{within[0].line} tells a part of these days for the same campaign: its spend "
        f"of {_sum(whole)} is not the {_sum(within)} that such rows add up to"
    )
    remedy = "Take out the rows of one of both, or export the report again by day"
    return FileError(name, problem, remedy=remedy, line=line)


def _dimensions(binding: Binding) -> tuple[int, ...]:
    """Positions of what a row may name; the channel only where it is a breakdown."""
    bound = {binding.positions[c] for c in _NAMING if c in binding.positions}
    bound |= {
        position
        for position, header in enumerate(binding.header)
        if normalised(header) in _BREAKDOWNS
    }
    return tuple(sorted(bound))


def _is_name(text: str) -> bool:
    return normalised(text) not in _EVERYTHING


def _spend(row: Row, outcome: Loaded, positions: tuple[int, ...]) -> _Spend:
    texts = {position: as_text(row.cells[position]) for position in positions}
    first = outcome.record["spend_date"]
    return _Spend(
        line=row.line,
        names={position: t for position, t in texts.items() if _is_name(t)},
        first=first,
        last=outcome.record["period_end"] or first,
        amount=outcome.record["spend"],
        says_all=any(t and not _is_name(t) for t in texts.values()),
    )


def _sums_by(
    pattern: frozenset[int], told: list[_Spend]
) -> Callable[[_Spend], tuple[int, Decimal]]:
    """From a row to how many rows name more than it, within its days, and their sum."""
    groups: dict[tuple[str, ...], list[tuple[str, Decimal]]] = defaultdict(list)
    ordered = sorted(pattern)
    for each in told:
        if pattern < each.names.keys():
            key = tuple(each.names[position] for position in ordered)
            groups[key].append((each.first, each.amount))
    dates, sums = {}, {}
    for key, group in groups.items():
        group.sort()
        dates[key] = [first for first, _ in group]
        sums[key] = [Decimal(), *accumulate(amount for _, amount in group)]

    def within(row: _Spend) -> tuple[int, Decimal]:
        key = tuple(row.names[position] for position in ordered)
        if key not in dates:
            return 0, Decimal()
        start = bisect_left(dates[key], row.first)
        end = bisect_right(dates[key], row.last)
        return end - start, sums[key][end] - sums[key][start]

    return within


def _refuse_unexplained(
    name: str, binding: Binding, row: _Spend, amount: Decimal
) -> None:
    """Refuse a row of all, or a report's without any name, that is not their sum."""
    is_nameless = binding.preset is not None and not row.names
    if not row.amount or not (row.says_all or is_nameless):
        return
    said = "says that it is of all" if row.says_all else "names no campaign"
    problem = (
        f"the row {said}, as a total does, and its spend of {row.amount} is not the "
        f"{amount} that the campaigns of its days add up to"
    )
    remedy = (
        "Export the report again with every campaign and without the row of totals, or "
        "take that row out"
    )
    raise FileError(name, problem, remedy=remedy, line=row.line)
