"""Customer value: who buys again, how often, for how much. Pure maths, no I/O.

from ml_assets import clv

model = clv.fit(transactions, as_of=date)       # customer_id, ordered_at, amount
model.predict(days=90)                          # a row per customer, with intervals
model.predict_total(days=90)
clv.backtest(transactions, calibration_end=date, days=90)
"""

from ml_assets.clv.backtest import Backtest, backtest
from ml_assets.clv.customer_model import CustomerModel, fit, fit_summary

__all__ = ["Backtest", "CustomerModel", "backtest", "fit", "fit_summary"]
