"""Peers of the media mix, for an interpreter that has them.

Asked by `tests.benchmarks.peers.media` (`answering` says how). A question holds `date`
(ISO, weeks), `outcome` (rows), `spend` (rows, channels), `controls` (rows, controls)
and `fitted`, how many rows are known; later outcomes are NaN. An answer has `expected`,
`lower` and `upper` (90 %) of the rows after those, and the sums over the fitted rows of
each channel, `contributions`, with `_lower` and `_upper`; Robyn has neither what comes
nor intervals. Settings are those that the libraries come with; two chains of 500 draws
after 500, of Robyn five trials of 2,000.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tests.benchmarks.peers.answering import answer_questions
from tests.benchmarks.peers.outside_robyn import robyn_contributions

_ENDS: Final = (0.05, 0.95)
_CHAINS: Final = 2
_DRAWS: Final = 500
_LONGEST_LAG: Final = 8
# Meridian supposes what money returns: where spend is in units of its own, less than
# this share of sales, it is given as a fifth of them.
_MONEY: Final = 0.01
_SPENT: Final = 0.2
# Rows of a knot of Meridian's baseline: two a year.
_KNOT: Final = 26


def main() -> None:
    """Answer until nobody asks."""
    answer_questions(
        {
            "pymc-marketing": ("pymc-marketing", pymc_marketing),
            "Meridian": ("google-meridian", meridian),
            "Robyn": ("robynpy", robyn),
        }
    )


class _Table:
    def __init__(self, folder: Path) -> None:
        with np.load(folder / "question.npz") as found:
            self.fitted = int(found["fitted"])
            self.outcome = found["outcome"].astype(float)
            spend, controls = found["spend"], found["controls"]
            dates = found["date"].astype(str)
        pandas = import_module("pandas")
        self.channels = [f"channel_{one}" for one in range(spend.shape[1])]
        self.controls = [f"control_{one}" for one in range(controls.shape[1])]
        self.frame = pandas.DataFrame(spend, columns=self.channels)
        self.frame[self.controls] = controls
        self.frame.insert(0, "date", pandas.to_datetime(dates))


def pymc_marketing(folder: Path) -> dict[str, Any]:
    """Geometric adstock, logistic saturation, two waves of a year, default priors.

    A straight trend is a control, as in its own example: the model has none.
    """
    table = _Table(folder)
    table.frame["trend"] = np.linspace(0.0, 1.0, len(table.frame))
    mmm = import_module("pymc_marketing.mmm")
    model = import_module("pymc_marketing.mmm.multidimensional").MMM(
        date_column="date",
        target_column="y",
        channel_columns=table.channels,
        control_columns=[*table.controls, "trend"],
        adstock=mmm.GeometricAdstock(l_max=_LONGEST_LAG),
        saturation=mmm.LogisticSaturation(),
        yearly_seasonality=2,
    )
    pandas = import_module("pandas")
    known = table.frame.head(table.fitted)
    y = pandas.Series(table.outcome[: table.fitted], name="y")
    model.build_model(known, y)
    model.add_original_scale_contribution_variable(var=["channel_contribution", "y"])
    model.fit(
        known,
        y,
        draws=_DRAWS,
        tune=_DRAWS,
        chains=_CHAINS,
        target_accept=0.9,
        nuts_sampler="nutpie",
        random_seed=42,
        progressbar=False,
    )
    brought = model.idata.posterior["channel_contribution_original_scale"]
    ahead = model.sample_posterior_predictive(
        table.frame.iloc[table.fitted :],
        include_last_observations=True,
        extend_idata=False,
        var_names=["y_original_scale"],
        random_seed=42,
        progressbar=False,
    )["y_original_scale"]
    draws = ahead.transpose("sample", "date").to_numpy()
    summed = brought.sum("date").sel(channel=table.channels)
    summed = summed.stack(sample=("chain", "draw")).transpose("sample", "channel")
    return _told(draws, summed.to_numpy())


def meridian(folder: Path) -> dict[str, Any]:
    """National, Hill, a knot of the baseline each half year, default priors."""
    table = _Table(folder)
    model = _meridian_model(table)
    model.sample_posterior(_CHAINS, _DRAWS, _DRAWS, _DRAWS, seed=1)
    analysis = import_module("meridian.analysis.analyzer").Analyzer(model)
    times = np.arange(len(table.frame)) < table.fitted
    expected = np.asarray(analysis.expected_outcome(aggregate_times=False))
    brought = np.asarray(analysis.incremental_outcome(aggregate_times=False))
    mean = expected.reshape(-1, len(table.frame))[:, table.fitted :]
    spread = np.asarray(model.inference_data.posterior["sigma"]).reshape(-1, 1)
    noise = spread * _kpi_deviation(table)
    draws = mean + noise * np.random.default_rng(1).standard_normal(mean.shape)
    kept = brought.reshape(-1, *brought.shape[-2:])[:, times]
    return _told(draws, kept.sum(axis=1)[:, : len(table.channels)])


def robyn(folder: Path) -> dict[str, Any]:
    """Its Python port, which estimates with R's glmnet."""
    table = _Table(folder)
    known = table.frame.head(table.fitted).assign(y=table.outcome[: table.fitted])
    brought = robyn_contributions(known, table.channels, table.controls)
    return {"contributions": brought}


def _meridian_model(table: _Table) -> Any:
    builder = import_module("meridian.data.data_frame_input_data_builder")
    frame = table.frame.rename(columns={"date": "time"})
    frame["time"] = frame["time"].dt.strftime("%Y-%m-%d")
    # A held back value is not looked at, but has to be a number.
    filled = np.where(np.isnan(table.outcome), 0.0, table.outcome)
    spent, sold = frame[table.channels].to_numpy().sum(), filled.sum()
    if spent < _MONEY * sold:
        frame[table.channels] *= _SPENT * sold / spent
    frame = frame.assign(kpi=filled, revenue_per_kpi=1.0)
    data = builder.DataFrameInputDataBuilder(kpi_type="revenue").with_kpi(frame)
    if table.controls:
        data = data.with_controls(frame, control_cols=table.controls)
    data = data.with_media(
        frame,
        media_cols=table.channels,
        media_spend_cols=table.channels,
        media_channels=table.channels,
    )
    spec = import_module("meridian.model.spec").ModelSpec(
        knots=max(2, round(table.fitted / _KNOT)),
        max_lag=_LONGEST_LAG,
        holdout_id=np.arange(len(frame)) >= table.fitted,
    )
    model = import_module("meridian.model.model")
    return model.Meridian(input_data=data.build(), model_spec=spec)


def _kpi_deviation(table: _Table) -> float:
    """What Meridian's sigma is counted in: the deviation of the rows it looks at."""
    return float(table.outcome[: table.fitted].std())


def _told(
    draws: npt.NDArray[np.float64], brought: npt.NDArray[np.float64]
) -> dict[str, Any]:
    """Means and intervals of draws, shapes (n, weeks) and (n, channels)."""
    low, high = np.quantile(draws, _ENDS, axis=0)
    least, most = np.quantile(brought, _ENDS, axis=0)
    return {
        "expected": draws.mean(axis=0),
        "lower": low,
        "upper": high,
        "contributions": brought.mean(axis=0),
        "contributions_lower": least,
        "contributions_upper": most,
    }


if __name__ == "__main__":
    main()
