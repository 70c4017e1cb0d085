"""Media mix: what each channel brings, where the next euro goes. Pure maths, no I/O.

from ml_assets import mmm

model = mmm.fit(frame, outcome="revenue", channels=["meta", "google"])
model.contributions()                # a row per date and component, adding up
model.channels()                     # ROI, marginal return, parameters, with intervals
model.curves()                       # what each channel brings at each spend
model.forecast(future_frame)         # what the planned spend will bring
model.optimise(10_000, periods=4)    # where 10,000 for four weeks bring most
mmm.backtest(frame, outcome="revenue", channels=["meta", "google"])
"""

from ml_assets.mmm.allocation import Allocation, optimise
from ml_assets.mmm.backtest import Backtest, backtest
from ml_assets.mmm.fitting import OUTCOME_UNITS, fit
from ml_assets.mmm.lift_tests import LiftTest
from ml_assets.mmm.media_mix import MediaMix

__all__ = [
    "OUTCOME_UNITS",
    "Allocation",
    "Backtest",
    "LiftTest",
    "MediaMix",
    "backtest",
    "fit",
    "optimise",
]
