"""Bad input gets a clear status or a refusal, never a confident number."""

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.mmm.errors import InvalidSeries, TooShortHistory
from tests.ml_assets.mmm.market import CHANNELS, market

# A channel never used, used once, constant, negative spend, gaps and zero sales are in
# test_media_mix.py.


def fitted(frame: pd.DataFrame, channels: list[str] = CHANNELS) -> mmm.MediaMix:
    return mmm.fit(
        frame, outcome="revenue", channels=channels, controls=["promotion"], draws=80
    )


def times(
    frame: pd.DataFrame, column: str, factor: float, rows: list[int]
) -> pd.DataFrame:
    values = frame[column].to_numpy(dtype=float).copy()
    values[rows] *= factor
    return frame.assign(**{column: values})


@pytest.fixture
def frame() -> pd.DataFrame:
    return market().frame


@pytest.fixture(scope="module")
def sound() -> mmm.MediaMix:
    return fitted(market().frame)


def test_one_huge_day_bends_nothing_and_is_named(
    frame: pd.DataFrame, sound: mmm.MediaMix
) -> None:
    before = sound.channels().set_index("channel")

    model = fitted(times(frame, "revenue", 30, [50]))

    after = model.channels().set_index("channel")
    assert any("the outcome of 2023-12-17 is 33 times" in w for w in model.warnings)
    assert after["contribution_lower"].le(before["contribution"]).all()
    assert after["contribution_upper"].ge(before["contribution"]).all()


def test_a_huge_spend_is_named(frame: pd.DataFrame) -> None:
    model = fitted(times(frame, "meta", 100, [50]))

    assert any("meta of 2023-12-17 is" in warning for warning in model.warnings)


def test_another_currency_from_some_week_on_is_noticed(frame: pd.DataFrame) -> None:
    model = fitted(times(frame, "revenue", 20, list(range(80, len(frame)))))

    assert model.status == "uncertain"
    assert "did its currency or unit change" in str(model.reason)


def test_a_perfect_twin_is_named_and_its_interval_is_wide(frame: pd.DataFrame) -> None:
    model = fitted(frame.assign(twin=2 * frame["meta"]), [*CHANNELS, "twin"])

    rows = model.channels().set_index("channel")
    assert any("meta and twin cannot be told apart" in w for w in model.warnings)
    pair = rows.loc[["meta", "twin"]]
    width = pair["contribution_upper"] - pair["contribution_lower"]
    assert (width > pair["contribution"]).all()


def test_sales_in_a_few_weeks_are_no_result(frame: pd.DataFrame) -> None:
    sold = np.arange(len(frame)) % 12 == 0

    model = fitted(frame.assign(revenue=frame["revenue"] * sold))

    assert model.status == "uncertain"
    assert "comes in a few periods" in str(model.reason)


def test_a_hundred_days_are_too_few() -> None:
    days = pd.DataFrame(
        {
            "date": pd.date_range("2025-01-01", periods=100),
            "revenue": 100.0,
            "promotion": 0.0,
            "meta": np.arange(100.0),
        }
    )

    with pytest.raises(TooShortHistory, match="100 days of history"):
        fitted(days, ["meta"])


def test_thirty_channels_are_fitted_or_said_to_be_too_many() -> None:
    frame, rng = market().frame, np.random.default_rng(0)
    more = {f"more_{n}": 100 * rng.gamma(2.0, 0.5, len(frame)) for n in range(27)}

    model = fitted(frame.assign(**more), [*CHANNELS, *more])

    assert model.status in {"fitted", "uncertain"}
    assert (model.reason is not None) == (model.status == "uncertain")
    idle = model.channels().set_index("channel").loc[list(more)]
    # What brings nothing is not known to bring something.
    assert (idle["contribution_lower"] < 0.02 * frame["revenue"].sum()).all()


def test_a_short_history_says_that_its_season_is_a_guess(
    frame: pd.DataFrame, sound: mmm.MediaMix
) -> None:
    assert not sound.warnings
    assert any("the season is a guess" in w for w in fitted(frame.head(90)).warnings)
    assert any("no season is fitted" in w for w in fitted(frame.head(60)).warnings)


def test_a_week_of_refunds_blocks_no_mix_and_is_told(
    frame: pd.DataFrame, sound: mmm.MediaMix
) -> None:
    refunds = frame["revenue"].to_numpy().copy()
    refunds[40] = -0.1 * refunds[41]

    model = fitted(frame.assign(revenue=refunds))

    before = sound.channels()["contribution"]
    assert model.status == "fitted"
    assert any("1 periods have an outcome below 0" in w for w in model.warnings)
    assert model.channels()["contribution_lower"].le(before).all()
    with pytest.raises(InvalidSeries, match=r"column revenue, row 0: .*is below 0"):
        fitted(frame.assign(revenue=-frame["revenue"]))


def test_words_instead_of_numbers_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(InvalidSeries, match="column meta, row 0: 'much' is not"):
        fitted(frame.assign(meta="much"))
