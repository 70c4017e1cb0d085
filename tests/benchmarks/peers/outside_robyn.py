"""Robyn's Python port, as its own example calls it.

https://github.com/facebookexperimental/Robyn (python): the ranges of geometric adstock
and saturation are those of its guide, trend and season are Prophet's, five trials of
2,000. The port names the first solution of a trial as the chosen one (`select_id`); it
is taken here by what Robyn itself weighs, the distance of both errors from nothing.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["robyn_contributions"]

_TRIALS: Final = 5
_ITERATIONS: Final = 2_000
_RANGES: Final = {"thetas": [0.0, 0.8], "alphas": [0.5, 3.0], "gammas": [0.3, 1.0]}


def robyn_contributions(
    known: Any, channels: list[str], controls: list[str]
) -> npt.NDArray[np.float64]:
    """Sums over all weeks of what each channel brought.

    Parameters
    ----------
    known : DataFrame
        `date` (weeks), `y`, the channels and controls.

    Returns
    -------
    ndarray, shape (channels,)
    """
    logging.disable(logging.CRITICAL)
    data, holidays, ranges = _questions(known, channels, controls)
    features = import_module("robyn.modeling.feature_engineering")
    featured = features.FeatureEngineering(data, ranges, holidays)
    executor = import_module("robyn.modeling.model_executor").ModelExecutor(
        mmmdata=data,
        holidays_data=holidays,
        hyperparameters=ranges,
        calibration_input=None,
        featurized_mmm_data=featured.perform_feature_engineering(),
    )
    trials = import_module("robyn.modeling.entities.modelrun_trials_config")
    found = executor.model_run(
        trials_config=trials.TrialsConfig(_TRIALS, _ITERATIONS), cores=1
    )
    errors = found.all_result_hyp_param
    best = np.hypot(errors["nrmse"], errors["decomp.rssd"]).idxmin()
    every = found.all_x_decomp_agg
    chosen = every[every["sol_id"] == errors["sol_id"][best]]
    brought = chosen.set_index("rn")["xDecompAgg"].reindex(channels)
    return np.asarray(brought, np.float64)


def _questions(known: Any, channels: list[str], controls: list[str]) -> Any:
    """The table, the holidays and the ranges, as the port wants them."""
    pandas = import_module("pandas")
    kinds = import_module("robyn.data.entities.enums")
    mmm = import_module("robyn.data.entities.mmmdata").MMMData
    spec = mmm.MMMDataSpec(
        dep_var="y",
        date_var="date",
        window_start=known["date"].iloc[0],
        window_end=known["date"].iloc[-1],
        paid_media_spends=channels,
        paid_media_vars=channels,
        paid_media_signs=[kinds.PaidMediaSigns.POSITIVE] * len(channels),
        organic_vars=[],
        organic_signs=[],
        context_vars=controls,
        context_signs=[kinds.ContextSigns.DEFAULT] * len(controls),
        factor_vars=[],
        all_media=channels,
    )
    seasons = kinds.ProphetVariableType
    holidays = import_module("robyn.data.entities.holidays_data").HolidaysData(
        dt_holidays=pandas.DataFrame(columns=["ds", "holiday", "country", "year"]),
        prophet_vars=[seasons.TREND, seasons.SEASON],
        prophet_signs=[kinds.ProphetSigns.DEFAULT] * 2,
        prophet_country="US",
    )
    bounds = import_module("robyn.data.entities.hyperparameters")
    ranges = bounds.Hyperparameters(
        {name: bounds.ChannelHyperparameters(**_RANGES) for name in channels},
        adstock=kinds.AdstockType.GEOMETRIC,
        lambda_=[0, 1],
    )
    return mmm(data=known, mmmdata_spec=spec), holidays, ranges
