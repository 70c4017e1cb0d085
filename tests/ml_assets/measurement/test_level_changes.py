"""A shop is told rarely of nothing, in time of a change, and of a gap as a gap."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from ml_assets.measurement.alarm_rates import MOST_FALSE_ALARMS
from ml_assets.measurement.level_changes import judge_level
from tests.benchmarks.alarms import quiet_quarters, share_found
from tests.ml_assets.measurement.peaked_shops import peaked_shop
from tests.ml_assets.measurement.quiet_shops import (
    Shop,
    found_in,
    look,
    quiet_shop,
)

DAY = date(2026, 11, 22)
SEASON = np.array([1.0, 0.9, 0.9, 1.0, 1.3, 1.6, 0.5])


def _usual(days: int, mean: float = 100.0) -> dict[date, float]:
    """The same week over and over, up to the day before `DAY`."""
    dates = [DAY - timedelta(days=n) for n in range(1, days + 1)]
    return {day: mean * SEASON[day.weekday()] for day in dates}


class TestRates:
    def test_a_shop_without_change_is_told_of_one_at_most_once_a_quarter(self) -> None:
        assert np.mean(quiet_quarters(4, 728)) <= 1

    def test_a_fall_of_a_quarter_is_found_within_two_weeks(self) -> None:
        assert share_found(150, 0.75, 10, 1092) >= 0.8

    def test_a_year_with_edges_hides_no_change_of_a_quarter(self) -> None:
        shares = [
            share_found(100, factor, 8, 1092, 20_000, drawn=peaked_shop)
            for factor in (0.75, 1.25)
        ]

        assert np.mean(shares) >= 0.75

    @pytest.mark.soak
    @pytest.mark.parametrize("days", [728, 1092])
    def test_fifty_shops_are_told_of_nothing_at_most_once_a_quarter(
        self, days: int
    ) -> None:
        assert np.mean(quiet_quarters(50, days)) <= 1

    @pytest.mark.soak
    @pytest.mark.parametrize("factor", [0.75, 1.25])
    def test_changes_of_a_quarter_are_found_in_four_of_five_shops(
        self, factor: float
    ) -> None:
        shares = [share_found(size, factor, 50, 1092) for size in (100, 150, 300)]

        assert np.mean(shares) >= 0.8

    @pytest.mark.soak
    def test_a_year_with_edges_makes_no_more_false_alarms(self) -> None:
        assert np.mean(quiet_quarters(50, 1092, drawn=peaked_shop)) <= 1


class TestShapes:
    """What the method was not made for."""

    def test_a_gap_is_told_as_missing_and_never_as_a_fall(self) -> None:
        shop = quiet_shop(np.random.default_rng(3), 60, 800)
        gap = shop.without(slice(780, 785))

        during = {change.side for change in look(gap, 783).values()}
        after = [look(gap, day) for day in range(785, 800)]

        assert during == {"missing"}
        assert not any(c.side == "below" for told in after for c in told.values())

    def test_who_closes_each_august_is_told_of_the_first_alone(self) -> None:
        # Of 800 days from 6 March 2023 on the days 512 to 529 are of August 2024, and a
        # year before 148 to 165, of the same weekdays.
        shop = quiet_shop(np.random.default_rng(3), 60, 530)
        once = shop.without(slice(512, 530))
        twice = once.without(slice(150, 168))

        assert {change.side for change in look(once, 520).values()} == {"missing"}
        assert look(twice, 520) == {}
        # A week longer than last year, and a few days.
        longer = quiet_shop(np.random.default_rng(3), 60, 560)
        longer = longer.without(slice(512, 545)).without(slice(150, 168))
        told = {change.side for change in look(longer, 543).values()}
        assert told == {"missing"}

    def test_a_market_of_one_day_a_week_is_told_of_a_fall(self) -> None:
        rng = np.random.default_rng(1)
        fairs = [DAY - timedelta(days=1 + 7 * week) for week in range(60)]
        usual = {day: float(rng.poisson(100)) for day in fairs}
        fallen = usual | dict.fromkeys(fairs[:2], 10.0)

        told = [judge_level(values, DAY) for values in (usual, fallen)]
        assert [change and change.side for change in told] == ["usual", "below"]

    def test_a_day_that_arrived_in_part_is_no_fall_of_the_level(self) -> None:
        shop = quiet_shop(np.random.default_rng(3), 60, 800)
        late = shop.times(slice(799, 800), 0.6)

        assert look(late, 799) == {}

    def test_a_level_that_fell_during_a_sale_is_told_after_it(self) -> None:
        rng = np.random.default_rng(5)
        shop = quiet_shop(rng, 200, 800)
        sale = shop.changed(rng, 760, 0.65).times(slice(757, 767), 1.9)

        assert found_in(sale, 767, "below")

    def test_the_end_of_a_sale_is_no_fall(self) -> None:
        shop = quiet_shop(np.random.default_rng(5), 200, 800)
        sale = shop.times(slice(757, 767), 1.9)

        assert not found_in(sale, 767, "below", within=33)

    def test_a_shop_of_three_months_is_told_when_orders_halve_and_of_little_else(
        self,
    ) -> None:
        halved, told = 0, 0
        for seed in range(8):
            rng = np.random.default_rng(seed)
            young = quiet_shop(rng, 100, 800).last(90)
            told += bool(look(young, 75))
            halved += found_in(young.changed(rng, 76, 0.5), 76, "below")

        assert halved >= 6
        assert told <= 1

    def test_a_shop_that_is_new_or_empty_is_not_judged(self) -> None:
        assert judge_level(_usual(30), DAY) is None
        assert judge_level({}, DAY) is None
        assert look(Shop(np.zeros(200), np.zeros(200)), 199) == {}


class TestRatios:
    def test_visits_that_bring_nothing_more_are_told_though_sales_are_as_ever(
        self,
    ) -> None:
        # 100 orders of 2,000 visits, and in two weeks of 4,000: 2.5 % for 5 %.
        orders = _usual(400) | {DAY: 100 * SEASON[DAY.weekday()]}
        visits = {day: 20 * count for day, count in orders.items()}
        for n in range(14):
            visits[DAY - timedelta(days=n)] *= 2

        sold = judge_level(orders, DAY)
        found = judge_level(orders, DAY, given=visits)

        assert sold is not None
        assert not sold.is_unusual
        assert found is not None
        assert (found.side, found.through) == ("below", DAY)
        assert found.value == pytest.approx(0.025)
        assert found.expected == pytest.approx(0.05)

    def test_twice_the_visits_with_twice_the_orders_are_usual(self) -> None:
        orders = _usual(400) | {DAY: 200 * SEASON[DAY.weekday()]}
        visits = {day: 20 * count for day, count in orders.items()}

        found = judge_level(orders, DAY, given=visits)

        assert found is not None
        assert not found.is_unusual

    def test_days_without_visits_are_unknown_and_not_missing(self) -> None:
        orders = _usual(400) | {DAY: 100.0}
        visits = {day: 20 * count for day, count in orders.items()}
        for n in range(3):
            del visits[DAY - timedelta(days=n)]

        found = judge_level(orders, DAY, given=visits)

        assert found is None or not found.is_unusual


class TestDays:
    def test_a_day_without_most_of_its_orders_is_told(self) -> None:
        days = _usual(200) | {DAY: 5.0}

        found = judge_level(days, DAY)

        assert found is not None
        assert (found.side, found.since, found.through) == ("below", DAY, DAY)
        # 22 November 2026 is a Sunday.
        assert found.value == 5
        assert found.expected == pytest.approx(50, rel=1e-6)

    def test_a_small_sunday_is_no_alarm_where_a_small_saturday_is(self) -> None:
        saturday = DAY - timedelta(days=1)
        days = _usual(200) | {DAY: 50.0}

        sunday = judge_level(days, DAY)
        small = judge_level(days | {saturday: 50.0}, saturday)

        assert sunday is not None
        assert not sunday.is_unusual
        assert small is not None
        assert small.side == "below"

    def test_revenue_is_judged_in_its_own_unit(self) -> None:
        # Orders of 100: in euros as usual as in orders.
        orders = _usual(200, mean=20) | {DAY: 3.0}
        euros = {day: 100 * count for day, count in orders.items()}

        counts, amounts = judge_level(orders, DAY), judge_level(euros, DAY, unit=100)

        assert counts is not None
        assert amounts is not None
        assert amounts.score == pytest.approx(counts.score)
        assert amounts.value == 100 * counts.value

    def test_nothing_of_later_days_is_read(self) -> None:
        days = _usual(200) | {DAY: 50.0}

        assert judge_level(days, DAY) == judge_level(
            days | {DAY + timedelta(days=1): 900.0}, DAY
        )

    def test_who_puts_up_with_more_false_alarms_is_told_of_less(self) -> None:
        # 2 (sqrt(25.4 / 50) - 1) by the root of 1 / 50 + 1.18 / 56 / 100.
        days = _usual(200) | {DAY: 25.4}

        strict, lax = (
            judge_level(days, DAY, rate=rate) for rate in (0.1, MOST_FALSE_ALARMS)
        )

        assert strict is not None
        assert lax is not None
        assert strict.side == "usual"
        assert lax.side == "below"
        assert lax.score == pytest.approx(-4.041, abs=0.002)

    def test_a_unit_without_size_is_refused(self) -> None:
        with pytest.raises(ValueError, match="above zero"):
            judge_level({}, DAY, unit=0)
