"""When orders are placed, of so many that each second of a day has some."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from sandbox.simulation.buying import Purchases
from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.schedule import (
    KINDS,
    PROCESSED_SECONDS_BEFORE,
    draw_schedule,
)
from sandbox.simulation.timeline import Timeline

_ORDERS = 200_000


def test_an_order_is_processed_on_the_day_it_is_of() -> None:
    rng = np.random.default_rng(1)
    timeline = Timeline(TIENDA_NORTE, date(2026, 6, 1))
    purchases = Purchases(
        customer=np.arange(_ORDERS),
        day=np.full(_ORDERS, (date(2026, 1, 10) - timeline.first_day).days),
        net_minor=np.full(_ORDERS, 1_000),
        channel=np.zeros(_ORDERS, np.int64),
    )

    drawn = draw_schedule(purchases, timeline, rng)

    bought = drawn.created[drawn.kind == KINDS.index("purchase")]
    processed = bought - PROCESSED_SECONDS_BEFORE
    midnight = datetime(2026, 1, 10, tzinfo=TIENDA_NORTE.zone).astimezone(UTC)
    assert bought.size >= _ORDERS
    assert processed.min() == midnight.timestamp()
    assert processed.max() < (midnight + timedelta(days=1)).timestamp()
