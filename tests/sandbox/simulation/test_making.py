"""A world is made once, the same from the same seed, and whole or not at all."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from sandbox.delivered import DELIVERED
from sandbox.simulation import making
from sandbox.simulation.making import WorldPlan, open_world
from sandbox.simulation.world import World
from tests.sandbox.simulation.conftest import ANCHOR, NOON, PLAN, clock_at

SMALL = WorldPlan(customers=20, seed=1, has_files=False)


def fingerprint(world: World) -> str:
    """A hash of everything every company can show now."""
    digest = hashlib.sha256()
    for company in sorted(world.companies):
        for collection in ("shopify/orders", "shopify/customers", "meta_ads/ad_days"):
            for document in world.store.iterate(company, collection, sort="id"):
                digest.update(document.id.encode() + document.body)
    return digest.hexdigest()


def test_the_same_seed_on_the_same_day_makes_the_same_world(tmp_path: Path) -> None:
    small, other = WorldPlan(30, 1, has_files=False), WorldPlan(30, 2, has_files=False)

    first = open_world(small, tmp_path / "first", clock_at(NOON))
    again = open_world(small, tmp_path / "again", clock_at(NOON))
    unlike = open_world(other, tmp_path, clock_at(NOON))

    assert fingerprint(again) == fingerprint(first)
    assert fingerprint(unlike) != fingerprint(first)


def test_without_files_the_shops_are_the_same_and_nothing_is_delivered(
    tmp_path: Path,
) -> None:
    plan = WorldPlan(customers=20, seed=1)

    whole = open_world(plan, tmp_path, clock_at(NOON))
    shops = open_world(SMALL, tmp_path, clock_at(NOON))

    assert fingerprint(shops) == fingerprint(whole)
    truth = whole.truth()
    assert shops.truth() == {
        slug: truth[slug] for slug in ("cdnow", "tienda_norte", "andes")
    }
    assert set(truth) == {*shops.truth(), *DELIVERED}
    folders = {path for path in tmp_path.iterdir() if path.is_dir()}
    assert folders == {tmp_path / Path(plan.file_name).stem}


def test_a_kept_world_is_opened_and_not_made_again(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(making, "_make", refuse)

    later = open_world(PLAN, home, clock_at(NOON + timedelta(days=30)))

    assert later.anchor == ANCHOR
    assert later.truth()["cdnow"] == world.truth()["cdnow"]


def test_a_world_that_ran_out_of_days_is_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_world(SMALL, tmp_path, clock_at(NOON)).store.close()

    world = open_world(SMALL, tmp_path, clock_at(NOON + timedelta(days=70)))

    assert world.anchor == date(2027, 1, 30)
    assert "making it anew" in capsys.readouterr().err


def test_what_an_interrupted_start_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f"{SMALL.file_name}.partial").write_text("half a world")

    open_world(SMALL, tmp_path, clock_at(NOON))

    names = {path.name for path in tmp_path.iterdir()}
    assert f"{SMALL.file_name}.partial" not in names


def test_yesterday_is_over_at_every_company(tmp_path: Path) -> None:
    # Two in the morning in London: at Santiago it is still the day before.
    night = NOON.replace(hour=2)

    world = open_world(SMALL, tmp_path, clock_at(night))

    assert world.anchor == ANCHOR - timedelta(days=1)
