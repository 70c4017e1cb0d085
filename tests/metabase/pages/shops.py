"""Two shops that share a customer id, and one that has nothing yet."""

from __future__ import annotations

from datetime import date

from tests.metabase.pages.rows.marketing_rows import Channel
from tests.metabase.pages.rows.model_health_rows import (
    Backtest,
    Forecast,
    MixBacktest,
    ModelHealth,
)
from tests.metabase.pages.rows.reporting_rows import Customer, Shop

HASHED = "ab12cd34" + "0" * 56
HOSTILE = "<script>alert(1)</script>\" onmouseover='x'"

ACME = Shop(
    "acme",
    "Acme Música",
    "EUR",
    (
        Customer("7", 12345.67, 1000.5, 0.125, days_since_order=10),
        Customer(HASHED, 500, 20, 0.95, days_since_order=200, frequency=0),
        Customer(HOSTILE, 250, 10, 1.0, days_since_order=89),
    ),
    order_count=12,
    quarantined_row_count=3,
    health=ModelHealth(
        backtests=(
            Backtest(date(1997, 5, 31), 1300, 1400, mae=0.4, naive_mae=0.55),
            Backtest(date(1997, 6, 30), 1234, 1230, mae=0.345, naive_mae=0.5),
        ),
        gates=(
            ("El último pedido es reciente", "passed"),
            ("Las predicciones cuadran con los pedidos", "blocked"),
            ("Hay clientes suficientes", "warned"),
        ),
        forecasts=(
            Forecast(date(1997, 6, 30), 30, 410, actual=500),
            Forecast(date(1997, 7, 31), 30, 420, actual=430),
            Forecast(date(1997, 8, 31), 90, 1250),
            Forecast(date(1997, 8, 31), 365, 4700),
        ),
        mix_backtests=(
            MixBacktest(date(1997, 3, 31), 61_500, 60_200, mape=0.084),
            MixBacktest(date(1997, 6, 30), 58_000, 64_000, mape=0.125),
        ),
    ),
    channels=(
        Channel("Meta Ads", 1.25, "Rojo"),
        Channel("Google Ads", 2.5, "Verde", claimed=None),
    ),
)
BOLT = Shop(
    "bolt",
    "Bolt",
    "CLP",
    (Customer("7", 987654, 4321, 0.5),),
    stale_reason="enough_data",
    order_count=9,
    health=ModelHealth(
        backtests=(Backtest(date(1997, 6, 30), 777, 790, mae=0.1, naive_mae=0.2),),
        mix_backtests=(MixBacktest(date(1997, 6, 30), 910, 900, mape=0.3),),
    ),
    channels=(Channel("TikTok Ads", 7.75),),
)
NEW = Shop("nueva", "Tienda Nueva", "USD")
