"""Media mix: what each channel brings, where the next euro goes. Pure maths, no I/O.

from ml_assets import mmm

mix = mmm.fit(frame, response="revenue", channels=["meta", "google"])
mix.contributions()                  # a row per date and component, adding up
mix.channels()                       # ROI, marginal return, parameters, with intervals
mmm.allocate(mix, budget=10_000, horizon_days=30)
"""

from ml_assets.mmm.allocation import Allocation, allocate
from ml_assets.mmm.media_mix import MediaMix, fit

__all__ = ["Allocation", "MediaMix", "allocate", "fit"]
