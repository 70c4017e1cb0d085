"""A message that is planted: what it brought is known, and it changes nothing else."""

from dataclasses import replace
from datetime import date

import numpy as np

from sandbox.simulation.buying import Purchases
from sandbox.simulation.campaign import Campaign, with_campaign
from sandbox.simulation.companies import ANDES, TIENDA_NORTE
from sandbox.simulation.timeline import Timeline
from tests.sandbox.simulation.test_buying import drawn


def planted(customers: int = 3_000) -> tuple[Timeline, Purchases, Purchases, Campaign]:
    timeline, _, purchases = drawn(TIENDA_NORTE, customers, 1)
    together, campaign = with_campaign(purchases, timeline, np.random.default_rng(5))
    assert campaign is not None
    return timeline, purchases, together, campaign


def days_of(purchases: Purchases) -> set[tuple[int, int]]:
    pairs = zip(purchases.customer.tolist(), purchases.day.tolist(), strict=True)
    return set(pairs)


def test_only_who_was_written_to_buys_more_and_only_in_the_days_that_count() -> None:
    _, purchases, together, campaign = planted()

    added = days_of(together) - days_of(purchases)

    assert days_of(purchases) < days_of(together)
    assert len(days_of(together)) == together.day.size
    assert {customer for customer, _ in added} <= set(campaign.written.tolist())
    assert {day - campaign.day for _, day in added} <= set(range(1, 31))
    order = np.lexsort((together.customer, together.day))
    assert (np.diff(order) == 1).all()


def test_who_is_kept_back_is_half_of_who_agreed_and_had_bought_by_then() -> None:
    _, purchases, _, campaign = planted()
    known = set(purchases.customer[purchases.day < campaign.day].tolist())

    written, kept_back = set(campaign.written.tolist()), set(campaign.kept_back)

    assert not written & kept_back
    assert written | kept_back == {one for one in known if one % 4 == 0}
    assert abs(len(written) - len(kept_back)) <= 1


def test_the_truth_counts_those_who_would_not_have_bought_otherwise() -> None:
    timeline, purchases, together, campaign = planted()

    def buyers(of: Purchases) -> set[int]:
        during = (of.day > campaign.day) & (of.day <= campaign.day + 30)
        return set(of.customer[during].tolist()) & set(campaign.written.tolist())

    told = campaign.as_truth(timeline)
    assert told["customers_won"] == len(buyers(together) - buyers(purchases)) > 0
    assert date.fromisoformat(told["sent_on"]) == timeline.date(campaign.day)
    assert len(told["written"]) == campaign.written.size


def test_a_shop_without_a_message_or_with_too_few_customers_is_left_alone() -> None:
    timeline, _, few = drawn(TIENDA_NORTE, 600, 1)
    other = replace(timeline, company=ANDES)
    _, purchases, _, _ = planted()

    assert with_campaign(few, timeline, np.random.default_rng(5)) == (few, None)
    assert with_campaign(purchases, other, np.random.default_rng(5))[1] is None
