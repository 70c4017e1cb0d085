"""The pictures and the tables behind them."""

import pandas as pd
import pytest

from ml_assets.clv import plots
from ml_assets.clv.models.bg_nbd import BgNbdFit


def test_actual_and_expected_customers_both_add_up_to_all(
    cdnow_sample: pd.DataFrame, sample_purchasing: BgNbdFit
) -> None:
    table = plots.frequency_calibration(cdnow_sample, sample_purchasing.parameters)

    assert table["repeat_purchase_days"].tolist() == [*"0123456", "7+"]
    assert table["actual"].sum() == 2357
    assert table["actual"].tolist()[:2] == [1411, 439]
    assert table["expected"].sum() == pytest.approx(2357)


def test_the_cdnow_model_expects_about_the_one_time_buyers_it_saw(
    cdnow_sample: pd.DataFrame, sample_purchasing: BgNbdFit
) -> None:
    table = plots.frequency_calibration(cdnow_sample, sample_purchasing.parameters)

    gap = (table["actual"] - table["expected"]).abs()
    assert gap.max() < 0.04 * 2357


def test_every_customer_is_in_one_bin_including_the_edges() -> None:
    predictions = pd.DataFrame({"probability_no_purchase_90d": [0.0, 0.5, 0.999, 1.0]})

    table = plots.no_purchase_histogram(predictions, bins=10)

    assert table["customers"].tolist() == [1, 0, 0, 0, 0, 1, 0, 0, 0, 2]


def test_the_map_leaves_out_what_cannot_be(sample_purchasing: BgNbdFit) -> None:
    table = plots.activity_map(sample_purchasing.parameters, age_days=60)

    assert table["probability_active"].between(0, 1).all()
    # Ten repeat purchases need ten days before the silence.
    busy = table[table["repeat_purchase_days"] == 10]
    assert busy["silent_days"].max() == 50
    # The same silence says more about those who bought often.
    after_forty = table[table["silent_days"] == 40].set_index("repeat_purchase_days")
    active = after_forty["probability_active"]
    assert active[10] < active[2]


def test_pictures_are_png_or_svg_bytes(
    cdnow_sample: pd.DataFrame, sample_purchasing: BgNbdFit
) -> None:
    predictions = pd.DataFrame({"probability_no_purchase_90d": [0.2, 0.9]})

    png = plots.plot_frequency_calibration(cdnow_sample, sample_purchasing.parameters)
    svg = plots.plot_no_purchase_histogram(predictions, image_format="svg")

    assert png.startswith(b"\x89PNG")
    assert svg.startswith(b"<svg")
    heat = plots.plot_activity_map(sample_purchasing.parameters)
    assert heat.startswith(b"\x89PNG")
