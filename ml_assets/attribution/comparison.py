"""All methods on the same journeys, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pandas as pd

from ml_assets.attribution.errors import InvalidSetting
from ml_assets.attribution.markov import build_chain
from ml_assets.attribution.paths import Floats, Note, Paths, collapse
from ml_assets.attribution.reading import read_journeys
from ml_assets.attribution.removal import Removal
from ml_assets.attribution.resampling import Draws, draws, observed
from ml_assets.attribution.rules import HALF_LIFE_DAYS, shapley, shared, time_decay
from ml_assets.sentences import quoted

__all__ = ["METHODS", "Comparison", "compare"]

METHODS: Final = (
    "first",
    "last",
    "linear",
    "time_decay",
    "position_based",
    "markov",
    "shapley",
)
_MEASURES: Final = ("conversions", "value", "share")
# A chain of more states is solved once: hundreds of times would take minutes.
_RESAMPLED_STATES: Final = 100
_RESAMPLES: Final = 200
_CHEAP_PATHS: Final = 2_000


class _Rule(Protocol):
    def of(self, draws: Draws) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True, eq=False)
class Comparison:
    """What each method credits to each channel.

    `rows`: `method`, `channel`, then `conversions`, `value` (currency; missing when the
    table has none) and `share` (of conversions, 0 to 1), each with `_lower` and
    `_upper`. Within a method, conversions and value add up to `conversions` and `value`
    of the whole, `share` to 1.
    """

    rows: pd.DataFrame
    conversions: float
    value: float | None
    journeys: float
    path_count: int
    notes: tuple[Note, ...]

    def table(self, measure: str = "conversions") -> pd.DataFrame:
        """Channels down, methods across."""
        if measure not in _MEASURES:
            raise InvalidSetting(f"measure {measure!r} is none of {_MEASURES}")
        wide = self.rows.pivot_table(
            index="channel", columns="method", values=measure, sort=False, dropna=False
        )
        return wide.reindex(columns=list(dict.fromkeys(self.rows["method"])))


def compare(  # noqa: PLR0913  (each method's own setting)
    journeys: pd.DataFrame,
    *,
    methods: Sequence[str] | None = None,
    half_life_days: float = HALF_LIFE_DAYS,
    markov_order: int = 1,
    resamples: int | None = None,
    confidence: float = 0.9,
    seed: int = 0,
) -> Comparison:
    """Share out the conversions of `journeys` by each of `methods` (default: all).

    The table is described at `ml_assets.attribution.reading.read_journeys`. Intervals
    are percentiles of `resamples` Poisson bootstraps over journeys: what the same weeks
    might have shown. By default there are 200 where that is cheap, up to 2,000 distinct
    paths, and else none, with a note; 0 gives none.

    Raises
    ------
    InvalidJourneys, NothingConverted
        The table cannot be attributed.
    InvalidSetting
        A setting is outside what is defined.
    """
    _check(methods, half_life_days, markov_order, resamples, confidence)
    paths = collapse(read_journeys(journeys))
    notes = list(paths.journeys.notes)
    if not paths.others.any():
        message = (
            "only journeys that converted: no method can tell what converts from what "
            "is merely frequent, and Markov least of all"
        )
        notes.append(Note("only_conversions", message))
    resamples = _resamples(paths, resamples, notes)
    rules = _rules(paths, methods, half_life_days, markov_order, notes)
    once = observed(paths)
    points = {method: rule.of(once) for method, rule in rules.items()}
    resampled = _resampled(rules, notes) if resamples else {}
    samples: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in resampled}
    for block in draws(paths, resamples, seed) if resampled else ():
        for method, rule in resampled.items():
            samples[method].append(rule.of(block))
    rows = pd.concat(
        [
            _rows(paths, method, point, samples.get(method, []), confidence)
            for method, point in points.items()
        ],
        ignore_index=True,
    )
    total = float(paths.conversions.sum())
    return Comparison(
        rows=rows,
        conversions=total,
        value=None if paths.journeys.value is None else float(paths.value.sum()),
        journeys=total + float(paths.others.sum()),
        path_count=int(paths.lengths.size),
        notes=tuple(notes),
    )


def _resamples(paths: Paths, resamples: int | None, notes: list[Note]) -> int:
    if resamples is not None:
        return resamples
    if paths.lengths.size <= _CHEAP_PATHS:
        return _RESAMPLES
    message = f"no intervals by default above {_CHEAP_PATHS:,} paths: ask for resamples"
    notes.append(Note("no_intervals", message))
    return 0


def _rules(
    paths: Paths,
    methods: Sequence[str] | None,
    half_life_days: float,
    markov_order: int,
    notes: list[Note],
) -> dict[str, _Rule]:
    rules: dict[str, _Rule] = {}
    untimed = paths.journeys.age_days is None
    if untimed and methods and "time_decay" in methods:
        raise InvalidSetting("time_decay needs touched_at: paths have no times")
    for method in methods or METHODS:
        if method == "markov":
            rule = Removal(paths, build_chain(paths, markov_order))
            rules[method] = rule
            if paths.value[paths.has_touches].any() and not rule.uses_own_value(
                observed(paths)
            ):
                message = "refunds exceed sales: Markov shares value as conversions"
                notes.append(Note("markov_value", message))
        elif method == "shapley":
            rules[method] = shapley(paths)
        elif method != "time_decay":
            rules[method] = shared(paths, method)
        elif not untimed:
            rules[method] = time_decay(paths, half_life_days)
    return rules


def _resampled(rules: dict[str, _Rule], notes: list[Note]) -> dict[str, _Rule]:
    """The rules that are cheap enough to repeat."""
    cheap = dict(rules)
    markov = rules.get("markov")
    if isinstance(markov, Removal) and markov.chain.states > _RESAMPLED_STATES:
        del cheap["markov"]
        message = (
            f"{markov.chain.states} states of Markov: no intervals above "
            f"{_RESAMPLED_STATES}; take a lower order"
        )
        notes.append(Note("markov_intervals", message))
    return cheap


def _rows(
    paths: Paths,
    method: str,
    point: tuple[Floats, Floats],
    samples: list[tuple[Floats, Floats]],
    confidence: float,
) -> pd.DataFrame:
    """A method's rows, channels by name."""
    columns: dict[str, object] = {"method": method, "channel": paths.channels}
    measures = {"conversions": point[0], "value": point[1], "share": _share(point[0])}
    tail = (1 - confidence) / 2
    for number, (measure, values) in enumerate(measures.items()):
        known = measure != "value" or paths.journeys.value is not None
        columns[measure] = values[0] if known else np.nan
        lower = upper = np.full(len(paths.channels), np.nan)
        if samples and known:
            drawn = np.concatenate([sample[number % 2] for sample in samples])
            drawn = _share(drawn) if measure == "share" else drawn
            lower, upper = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
        columns[f"{measure}_lower"], columns[f"{measure}_upper"] = lower, upper
    return pd.DataFrame(columns).sort_values("channel", ignore_index=True)


def _share(conversions: Floats) -> Floats:
    total = conversions.sum(axis=1, keepdims=True)
    none = np.full_like(conversions, np.nan)
    return np.asarray(np.divide(conversions, total, out=none, where=total > 0))


def _check(
    methods: Sequence[str] | None,
    half_life_days: float,
    markov_order: int,
    resamples: int | None,
    confidence: float,
) -> None:
    for method in methods or ():
        if method not in METHODS:
            raise InvalidSetting(f"method {method!r} is none of {', '.join(METHODS)}")
    rules = {
        f"half_life_days {quoted(half_life_days)} is not above 0": half_life_days > 0,
        f"markov_order {quoted(markov_order)} is no whole number from 1 on": (
            isinstance(markov_order, int) and markov_order >= 1
        ),
        f"resamples {quoted(resamples)} is below 0": resamples is None
        or resamples >= 0,
        f"confidence {quoted(confidence)} is not between 0 and 1": 0 < confidence < 1,
    }
    for message, holds in rules.items():
        if not holds:
            raise InvalidSetting(message)
