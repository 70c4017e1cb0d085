"""The scores of a run as tables: errors, totals, and the sum of it by peer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from tests.benchmarks.peers.value_forecasts import NEAR

__all__ = ["peer_tables"]

_ERRORS: Final = ["mae", "rmse", "value_mae"]
_BIASES: Final = ["bias", "value_bias"]
_OURS: Final = "ours"


def peer_tables(rows: pd.DataFrame) -> tuple[str, str, str]:
    """Three tables.

    Parameters
    ----------
    rows : DataFrame
        A row per `set`, `days`, `origin` and `forecaster`, with `value_forecasts`'
        scores; of a peer that gave no answer they are NaN.

    Returns
    -------
    tuple of str
        Errors per customer, those of peers as multiples of ours at the same origins
        (above 1: ours is smaller); totals; geometric means and seconds by peer.
    """
    peers = [
        one for one in dict.fromkeys(rows["forecaster"]) if one not in {_OURS, NEAR}
    ]
    return _errors(rows, peers), _totals(rows, peers), _by_peer(rows, peers)


def _errors(rows: pd.DataFrame, peers: list[str]) -> str:
    head = ["set", "days", "origins", "ours: MAE, RMSE of orders, MAE of value", *peers]
    lines = [*_head(head)]
    for name, days, some in _sets(rows):
        ours = _of(some, _OURS)
        mean = ours[_ERRORS].mean()
        told = f"{mean['mae']:.3f}, {mean['rmse']:.3f}, {mean['value_mae']:.2f}"
        cells = [_multiples(_ratios(some, peer)) for peer in peers]
        lines.append(_line([name, str(days), str(len(ours)), told, *cells]))
    return "\n".join(lines)


def _totals(rows: pd.DataFrame, peers: list[str]) -> str:
    """Mean absolute biases of orders and of value; peers tell no interval."""
    head = ["set", "days", "totals inside 90 %: orders, value", _OURS, *peers]
    lines = [*_head(head)]
    for name, days, some in _sets(rows):
        ours = _of(some, _OURS)
        inside = ours[["orders_inside", "value_inside"]].sum().astype(int).tolist()
        told = ", ".join(f"{one} of {len(ours)}" for one in inside)
        cells = [_beside_ours(some, peer) for peer in peers]
        lines.append(_line([name, str(days), told, _biases(ours), *cells]))
    return "\n".join(lines)


def _by_peer(rows: pd.DataFrame, peers: list[str]) -> str:
    head = [
        "peer",
        "lines",
        "geometric mean of MAE, RMSE, MAE of value",
        "ours smaller",
    ]
    head += ["mean abs. bias of orders, value", "ours there", "seconds", "ours there"]
    lines = [*_head(head)]
    for peer in peers:
        found = [_ratios(some, peer) for _, _, some in _sets(rows)]
        known = np.array([each for each in found if each is not None])
        if not known.size:
            lines.append(_line([peer, "no answer", *[""] * (len(head) - 2)]))
            continue
        means = np.exp(np.log(known).mean(axis=0))
        smaller = ", ".join(str(one) for one in (known > 1).sum(axis=0))
        theirs = _of(rows, peer)
        ours = _beside(_of(rows, _OURS), theirs)
        cells = [peer, str(len(known)), _multiples(means), smaller]
        cells += [_biases(theirs), _biases(ours)]
        cells += [f"{one['seconds'].median():.2f}" for one in (theirs, ours)]
        lines.append(_line(cells))
    return "\n".join(lines)


def _sets(rows: pd.DataFrame) -> Iterator[tuple[str, int, pd.DataFrame]]:
    for (name, days), some in rows.groupby(["set", "days"], sort=False):
        yield str(name), int(str(days)), some


def _of(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of a forecaster that answered."""
    return rows[rows["forecaster"] == name].dropna(subset=["mae"])


def _beside(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Ours at the origins that a peer answered."""
    key = ["set", "days", "origin"]
    return ours.merge(theirs[key], on=key)


def _ratios(some: pd.DataFrame, peer: str) -> list[float] | None:
    theirs = _of(some, peer)
    if theirs.empty:
        return None
    ours = _beside(_of(some, _OURS), theirs)
    found: list[float] = (theirs[_ERRORS].mean() / ours[_ERRORS].mean()).tolist()
    return found


def _multiples(ratios: object) -> str:
    if ratios is None:
        return "no answer"
    return ", ".join(f"{one:.3f}" for one in np.asarray(ratios).tolist())


def _biases(some: pd.DataFrame) -> str:
    if some.empty:
        return "no answer"
    return ", ".join(f"{100 * one:.1f} %" for one in some[_BIASES].mean())


def _beside_ours(some: pd.DataFrame, peer: str) -> str:
    """A peer's biases, and ours there where it answered at some origins only."""
    ours, theirs = _of(some, _OURS), _of(some, peer)
    there = _beside(ours, theirs)
    if theirs.empty or len(there) == len(ours):
        return _biases(theirs)
    return f"{_biases(theirs)} ({len(there)} of {len(ours)}; ours {_biases(there)})"


def _head(cells: list[str]) -> tuple[str, str]:
    return _line(cells), "|" + "---|" * len(cells)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
