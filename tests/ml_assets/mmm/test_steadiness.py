"""A channel that did not do the same all along is named, with the day it changed."""

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.media_plan.claim_gates import channels_steady
from ml_assets.mmm.steadiness import Unsteady, unsteady_channels
from tests.ml_assets.mmm.market import CHANNELS, MEAN, market

MARKET = market()
META = MARKET.truth[:, 0]
FROM = 80


def judged(frame: pd.DataFrame) -> tuple[list[Unsteady], str, str]:
    model = mmm.fit(
        frame, outcome="revenue", channels=CHANNELS, controls=["promotion"], draws=80
    )
    gate = channels_steady(model)
    return unsteady_channels(model), gate.outcome, str(gate.message)


def without(lost: np.ndarray) -> pd.DataFrame:
    return MARKET.frame.assign(revenue=MARKET.frame["revenue"] - lost)


def test_channels_that_did_the_same_all_along_pass() -> None:
    found, outcome, _ = judged(MARKET.frame)

    assert (found, outcome) == ([], "passed")


def test_an_effect_that_ended_blocks_and_is_dated() -> None:
    ended = np.arange(len(META)) >= FROM

    (one, *_), outcome, message = judged(without(np.where(ended, META, 0.0)))

    assert (one.channel, one.kind, outcome) == ("meta", "change", "blocked")
    assert one.share < 0.5
    # Looked for at eighths of the history.
    assert one.position == pytest.approx(FROM, abs=len(META) / 8)
    assert message.startswith("meta: around 2024-")


def test_spend_that_is_lost_and_filled_with_nothing_blocks() -> None:
    lost = MARKET.frame.copy()
    lost.loc[FROM : FROM + 7, "meta"] = 0.0

    (one, *_), outcome, message = judged(lost)

    assert (one.channel, one.kind, outcome) == ("meta", "lost", "blocked")
    assert "Is its spend of these days lost?" in message


def test_a_pause_in_which_sales_fell_as_they_should_is_none() -> None:
    paused = np.zeros(len(META), dtype=bool)
    paused[FROM : FROM + 8] = True
    frame = without(np.where(paused, META, 0.0))
    frame.loc[paused, "meta"] = 0.0

    assert judged(frame)[1] == "passed"


def test_a_channel_that_lowers_sales_is_told() -> None:
    shape = MARKET.truth[:, 2] / MARKET.truth[:, 2].mean()

    found, outcome, message = judged(without(MARKET.truth[:, 2] + 0.06 * MEAN * shape))

    assert [(one.channel, one.kind) for one in found] == [("tiktok", "lowers")]
    assert outcome == "warned"
    assert "less was sold where more was spent" in message
