"""What is no interface here comes as the file that a shop exports."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.delivered import files_of
from sandbox.simulation.making import WorldPlan, open_world
from sandbox.simulation.world import World
from tests.sandbox.simulation.conftest import ANCHOR, NOON, clock_at

PLAN = WorldPlan(customers=300, seed=5)
COMPANIES = ("tienda_norte", "andes")


def exported(
    world: World, company: str, name: str = "tiktok_ads"
) -> list[dict[str, str]]:
    (folder,) = files_of(world.store.path, company)["files"]["settings"]["paths"]
    with (Path(folder) / f"{name}.csv").open() as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.mark.parametrize("company", COMPANIES)
def test_the_file_holds_the_true_spend_of_the_history(kept: Path, company: str) -> None:
    world = open_world(PLAN, kept, clock_at(NOON))

    rows = exported(world, company)

    true = world.truth()[company]["media"]["tiktok_video"]
    assert sum(Decimal(row["Cost"]) for row in rows) == Decimal(true["spend_total"])
    assert max(row["By Day"] for row in rows) == str(ANCHOR - timedelta(days=1))
    assert {row["Campaign ID"] for row in rows} == set(true["campaign_ids"])
    assert len({(row["By Day"], row["Campaign ID"]) for row in rows}) == len(rows)


def test_visits_are_told_by_day_and_origin_and_are_more_than_what_is_bought(
    kept: Path,
) -> None:
    world = open_world(PLAN, kept, clock_at(NOON))

    rows = exported(world, "tienda_norte", "ga4_sessions")

    assert len({(row["Date"], row["Session source"]) for row in rows}) < len(rows)
    whole = {
        (row["Date"], row["Session source"], row["Session medium"]) for row in rows
    }
    assert len(whole) == len(rows)
    assert max(row["Date"] for row in rows) == f"{ANCHOR - timedelta(days=1):%Y%m%d}"
    orders = world.truth()["tienda_norte"]["totals"]["as_of"]["order_count"]
    assert 0.01 < orders / sum(int(row["Sessions"]) for row in rows) < 0.1


def test_opened_a_week_later_the_file_goes_on(kept: Path) -> None:
    before = exported(open_world(PLAN, kept, clock_at(NOON)), "andes")
    later = open_world(PLAN, kept, clock_at(NOON + timedelta(days=7)))

    after = exported(later, "andes")

    assert after[: len(before)] == before
    assert max(row["By Day"] for row in after) == str(ANCHOR + timedelta(days=6))


def test_a_world_without_files_has_none(tmp_path: Path) -> None:
    plan = WorldPlan(customers=60, seed=3, has_files=False)

    world = open_world(plan, tmp_path, clock_at(NOON))

    assert files_of(world.store.path, "tienda_norte") == {}
