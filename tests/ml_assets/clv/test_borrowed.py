"""What stands in for a model: other shops, weighed by the company's own histories."""

import numpy as np
import pytest

from ml_assets.clv.borrowed import Borrowed, borrowed
from ml_assets.clv.histories import Histories
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.purchases import Seen, Spent


def seen(x: list[float], t_x: list[float], age: list[float]) -> Seen:
    histories = Histories(np.array(x), np.array(t_x), np.array(age))
    nothing = np.zeros(len(x))
    return Seen(np.arange(len(x)), histories, nothing, nothing, Spent(nothing, nothing))


@pytest.fixture(scope="module")
def few() -> Seen:
    """Thirty customers of two months, four of whom came again."""
    again = seen([0.0] * 26 + [1.0, 1.0, 2.0, 1.0], [0.0] * 30, [60.0] * 30)
    recency = np.array([0.0] * 26 + [10.0, 50.0, 58.0, 30.0])
    return again._replace(histories=again.histories._replace(recency_days=recency))


def test_who_came_again_lately_is_expected_more_often(few: Seen) -> None:
    """The average of the company, which stood here before, told them all the same."""
    models = borrowed(few)
    assert models is not None

    buying = models.expected_buying(few.histories, 90.0)

    once, early, late, twice = buying.orders[[0, 26, 27, 28]]
    assert once < early < late < twice
    assert buying.no_purchase[28] < buying.no_purchase[27] < buying.no_purchase[0]
    # As many of them as in the two months seen: 5 repeats of 30, some of whom left.
    assert 2 < buying.orders.sum() < 10
    assert np.isnan(buying.active).all()


def test_what_the_models_differ_by_is_not_known(few: Seen) -> None:
    models = borrowed(few)
    assert models is not None
    alone = Borrowed(models.models[:1], np.ones(1))

    one, all_of_them = (
        each.expected_buying(few.histories, 90.0) for each in (alone, models)
    )

    assert one.orders_common == pytest.approx(0.3**2)
    assert all_of_them.orders_common > 0.3**2 + 0.02
    assert (one.no_purchase_logit_sd == 0).all()
    assert (all_of_them.no_purchase_logit_sd > 0.1).all()
    assert models.weights.sum() == pytest.approx(1)


def test_of_many_customers_their_own_histories_decide() -> None:
    """Half as fast as the first of the shops: found, whatever was supposed before."""
    truth = BgNbd(0.618, 121.2, 0.552, 1.009, leaves_at_first=True)
    rng, days = np.random.default_rng(11), 300.0
    rows = []
    for _ in range(3_000):
        rate, leaves = rng.gamma(truth.r, 1 / truth.alpha), rng.beta(truth.a, truth.b)
        age = rng.uniform(20, days)
        x, last, day = 0, 0.0, 0.0
        while rng.random() > leaves:
            day += rng.exponential(1 / rate)
            if day > age:
                break
            x, last = x + 1, day
        rows.append((float(x), last, age))
    shop = seen(*(list(column) for column in zip(*rows, strict=True)))

    models = borrowed(shop)
    assert models is not None
    found = models.expected_buying(shop.histories, 90.0)

    known = forecast_horizons(truth, np.array([90.0]), shop.histories).mean[:, 0]
    assert found.orders.sum() == pytest.approx(known.sum(), rel=0.1)
    assert np.corrcoef(found.orders, known)[0, 1] > 0.99


def test_nine_customers_or_thirteen_days_say_nothing() -> None:
    assert borrowed(seen([0.0] * 9, [0.0] * 9, [60.0] * 9)) is None
    assert borrowed(seen([0.0] * 12, [0.0] * 12, [13.0] * 12)) is None
