"""Scores of a media mix and of what was held back, and the tables of them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from tests.benchmarks.peers.asking import Answer

__all__ = ["media_scores", "mix_tables"]

_NOTHING: Final = float("nan")
# Told of no table whose truth nobody knows.
_CONTRIBUTIONS: Final = (
    *("channel_error", "total_error", "channels_inside", "channels"),
)
_OURS: Final = "ours"


def media_scores(
    answer: Answer, actual: Floats, truth: Floats | None
) -> dict[str, object]:
    """How near one answer came.

    Parameters
    ----------
    answer : Answer
        `expected` (weeks held back), `lower`, `upper`, and `contributions` (channels)
        with `_lower` and `_upper`; as much of it as somebody tells.
    actual : ndarray, shape (weeks,)
    truth : ndarray, shape (fitted weeks, channels), or None
        What each channel brought.

    Returns
    -------
    dict
        `mape`, `bias` (share, absolute), `inside` (share of weeks), `channel_error`
        (mean absolute share), `total_error` (of all channels together, share),
        `channels_inside` and `channels` (counts), `seconds`; NaN where not told.
    """
    if answer.error:
        return {"mape": _NOTHING, "error": answer.error}
    told = answer.arrays
    found: dict[str, object] = {"mape": _NOTHING, "seconds": answer.seconds}
    if "expected" in told:
        expected = told["expected"]
        found |= {
            "mape": float(np.abs(expected / actual - 1).mean()),
            "rmse": float(np.sqrt(((expected - actual) ** 2).mean())),
            "bias": abs(float(expected.sum() / actual.sum() - 1)),
        }
    if "lower" in told:
        inside = (told["lower"] <= actual) & (actual <= told["upper"])
        found["inside"] = float(inside.mean())
    if truth is not None and "contributions" in told:
        found |= _contribution_scores(told, truth.sum(axis=0))
    return found


def _contribution_scores(told: dict[str, Any], brought: Floats) -> dict[str, object]:
    """Sums of each channel beside the true ones, shape (channels,)."""
    said = told["contributions"]
    found: dict[str, object] = {
        "channel_error": float(np.abs(said / brought - 1).mean()),
        "total_error": abs(float(said.sum() / brought.sum() - 1)),
        "channels": len(brought),
    }
    if "contributions_lower" in told:
        least, most = told["contributions_lower"], told["contributions_upper"]
        held = (least <= brought) & (brought <= most)
        found["channels_inside"] = int(held.sum())
    return found


def mix_tables(rows: pd.DataFrame) -> tuple[str, str, str]:
    """Weeks held back, contributions where they are known, and the sum by peer."""
    rows = rows.reindex(columns=list(dict.fromkeys((*rows, *_CONTRIBUTIONS))))
    names = list(dict.fromkeys(rows["forecaster"]))
    return _held_back(rows, names), _contributions(rows, names), _by_peer(rows, names)


def _held_back(rows: pd.DataFrame, names: list[str]) -> str:
    """MAPE, bias of the sum, and weeks inside the interval where there is one."""
    said = rows.groupby("forecaster")[["mape", "channel_error"]].count()
    alone = said.index[(said["mape"] == 0) & (said["channel_error"] > 0)]
    names = [name for name in names if name not in alone]
    lines = [*_head(["13 weeks held back: MAPE; bias; weeks inside 90 %", *names])]
    for name, some in rows.groupby("set", sort=False):
        by_name = dict(zip(some["forecaster"], some.to_dict("records"), strict=True))
        cells = [
            _week_cell(by_name[one]) if one in by_name else "no answer" for one in names
        ]
        lines.append(_line([str(name), *cells]))
    return "\n".join(lines)


def _contributions(rows: pd.DataFrame, names: list[str]) -> str:
    """Error of a channel, of all channels together, and channels inside 90 %."""
    known = rows.dropna(subset=["channel_error"])
    models = [name for name in names if (known["forecaster"] == name).any()]
    title = "contributions: mean error of a channel; of their sum; inside 90 %"
    lines = [*_head([title, *models])]
    for name, some in known.groupby("set", sort=False):
        by_name = dict(zip(some["forecaster"], some.to_dict("records"), strict=True))
        cells = [
            _channel_cell(by_name[one]) if one in by_name else "no answer"
            for one in models
        ]
        lines.append(_line([str(name), *cells]))
    return "\n".join(lines)


def _by_peer(rows: pd.DataFrame, names: list[str]) -> str:
    """Peers' errors as geometric means of multiples of ours, same sets."""
    head = ["peer", "sets", "MAPE held back, of ours", "RMSE", "error of a channel"]
    head += ["ours smaller: MAPE, channel", "seconds", "ours there"]
    lines = [*_head(head)]
    ours = rows[rows["forecaster"] == _OURS].set_index("set")
    for name in names[1:]:
        theirs = rows[rows["forecaster"] == name].set_index("set")
        theirs = theirs.dropna(subset=["mape", "channel_error"], how="all")
        same = ours.loc[theirs.index]
        if theirs.empty:
            lines.append(_line([name, "no answer", *[""] * (len(head) - 2)]))
            continue
        ratios = {
            one: (theirs[one] / same[one]).dropna()
            for one in ("mape", "rmse", "channel_error")
        }
        smaller = (
            f"{(ratios[one] > 1).sum()} of {len(ratios[one])}"
            if len(ratios[one])
            else "-"
            for one in ("mape", "channel_error")
        )
        seconds = (f"{one['seconds'].median():.1f}" for one in (theirs, same))
        cells = [name, str(len(theirs)), *map(_mean, ratios.values())]
        lines.append(_line([*cells, ", ".join(smaller), *seconds]))
    return "\n".join(lines)


def _week_cell(one: dict[Hashable, Any]) -> str:
    if pd.isna(one["mape"]):
        return "no answer"
    told = f"{100 * one['mape']:.1f} %; {100 * one['bias']:.1f} %"
    if pd.isna(one["inside"]):
        return told
    return f"{told}; {100 * one['inside']:.0f} %"


def _channel_cell(one: dict[Hashable, Any]) -> str:
    error, total = (100 * one[name] for name in ("channel_error", "total_error"))
    told = f"{error:.1f} %; {total:.1f} %"
    if pd.isna(one["channels_inside"]):
        return told
    return f"{told}; {one['channels_inside']:.0f} of {one['channels']:.0f}"


def _mean(ratios: pd.Series) -> str:
    return f"{np.exp(np.log(ratios).mean()):.2f}" if len(ratios) else ""


def _head(cells: list[str]) -> tuple[str, str]:
    return _line(cells), "|" + "---|" * len(cells)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
