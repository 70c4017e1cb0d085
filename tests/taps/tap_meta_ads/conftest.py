"""One ad account: campaign 11 runs, 12 is archived, 13 deleted, 14 paused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import meta_ads
from sandbox.meta_ads.service import Limits
from tests.sandbox.ads_world import (
    ad_day,
    add_ad_days,
    add_entities,
    days_before,
    entity,
    make_world,
)
from tests.sandbox.serving import serving
from tests.taps.tap_meta_ads.runs import SHOP, SOURCE, Meta


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def meta(tmp_path: Path, limits: Limits) -> Iterator[Meta]:
    world = make_world(tmp_path)
    statuses = {11: "ACTIVE", 12: "REMOVED", 13: "REMOVED", 14: "PAUSED"}
    for campaign, status in statuses.items():
        add_entities(
            world,
            SHOP,
            SOURCE,
            entity(SHOP, SOURCE, "campaign", campaign, status=status),
            entity(SHOP, SOURCE, "adset", campaign * 100 + 1),
            entity(SHOP, SOURCE, "ad", campaign * 100 + 11),
        )
    for count in (3, 2, 1):
        add_ad_days(
            world,
            SHOP,
            SOURCE,
            *(
                ad_day(SHOP, SOURCE, number, days_before(count))
                for number in (1111, 1211, 1311)
            ),
        )
    with serving(world, lambda world: meta_ads.routes(world, limits=limits)):
        yield Meta(world)
