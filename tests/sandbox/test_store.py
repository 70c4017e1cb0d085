"""The store answers as a source would at a given moment."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.store import Store, Version

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    clock = Clock()
    clock.freeze(NOON)
    return Store(tmp_path / "store.sqlite", clock)


def version(
    identifier: str, at: datetime, body: str = "{}", *, is_deleted: bool = False
) -> Version:
    return Version(identifier, at, NOON - 24 * HOUR, at, body.encode(), is_deleted)


def ids(store: Store, **options: object) -> list[str]:
    found = store.page("acme", "orders", **options)  # type: ignore[arg-type]
    return [document.id for document in found]


def test_a_document_is_the_newest_version_that_can_be_seen(store: Store) -> None:
    store.add(
        "acme",
        "orders",
        [
            version("1", NOON - 2 * HOUR, '"old"'),
            version("1", NOON - HOUR, '"new"'),
            version("1", NOON + HOUR, '"later"'),
        ],
    )

    def body() -> object:
        found = store.get("acme", "orders", "1")
        return found.json() if found else None

    assert body() == "new"
    store.clock.shift(HOUR)
    assert body() == "later"
    store.clock.freeze(NOON - HOUR * 3 / 2)
    assert body() == "old"
    store.clock.freeze(NOON - 3 * HOUR)
    assert body() is None


def test_versions_that_come_later_take_their_place_in_time(store: Store) -> None:
    store.add("acme", "orders", [version("1", NOON + 2 * HOUR, '"last"')])
    store.add("acme", "orders", [version("1", NOON - HOUR, '"first"')])
    store.add("acme", "orders", [version("1", NOON - HOUR, '"first again"')])

    assert [d.json() for d in store.iterate("acme", "orders")] == ["first again"]
    store.clock.shift(2 * HOUR)
    assert [d.json() for d in store.iterate("acme", "orders")] == ["last"]


def test_overruling_forgets_what_was_to_come(store: Store) -> None:
    store.add("acme", "orders", [version("1", NOON - HOUR), version("1", NOON + HOUR)])

    store.overrule("acme", "orders", version("1", NOON, '"for good"'))

    store.clock.shift(5 * HOUR)
    assert [d.json() for d in store.iterate("acme", "orders")] == ["for good"]


def test_a_deleted_document_is_gone_from_every_answer(store: Store) -> None:
    store.add(
        "acme",
        "orders",
        [version("1", NOON - HOUR), version("1", NOON, is_deleted=True)],
    )

    assert store.get("acme", "orders", "1") is None
    assert store.count("acme", "orders") == 0
    assert ids(store) == []


def test_ranges_are_half_open_and_pages_go_on_behind_ties(store: Store) -> None:
    store.add(
        "acme",
        "orders",
        [version(str(n), NOON - HOUR * (5 - n // 2)) for n in range(10)],
    )
    since, until = NOON - 4 * HOUR, NOON - 2 * HOUR

    first = store.page("acme", "orders", since=since, until=until, limit=3)
    after = first[-1].cursor("updated_at")

    assert [document.id for document in first] == ["2", "3", "4"]
    assert ids(store, since=since, until=until, after=after) == ["5"]
    assert store.count("acme", "orders", since=since, until=until) == 4
    assert ids(store, is_descending=True, limit=2) == ["9", "8"]
    assert ids(store, sort="id", since="3", until="5") == ["3", "4"]
    assert len(list(store.bodies("acme", "orders", since=since, until=until))) == 4


def test_companies_and_collections_share_ids_without_meeting(store: Store) -> None:
    store.add("acme", "orders", [version("1", NOON, '"acme"')])
    store.add("other", "orders", [version("1", NOON, '"other"')])
    store.add("acme", "customers", [version("1", NOON, '"person"')])

    assert [d.json() for d in store.iterate("acme", "orders")] == ["acme"]
    assert [d.json() for d in store.iterate("other", "orders")] == ["other"]
    assert store.count("nobody", "orders") == 0


def test_many_threads_read_while_one_writes(store: Store) -> None:
    store.add("acme", "orders", [version(str(n), NOON) for n in range(200)])
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(20):
                assert store.count("acme", "orders") >= 200
                assert len(list(store.iterate("acme", "orders"))) >= 200
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(200, 260):
        store.add("acme", "orders", [version(str(n), NOON)])
    for reader in readers:
        reader.join()

    assert not failures


def test_a_frozen_clock_stands_and_a_shifted_one_runs(tmp_path: Path) -> None:
    real = [NOON]
    clock = Clock(lambda: real[0])

    clock.shift(HOUR)
    real[0] += HOUR
    assert clock.now() == NOON + 2 * HOUR

    clock.freeze(NOON)
    real[0] += HOUR
    assert clock.now() == NOON

    clock.follow_from(NOON - 24 * HOUR)
    real[0] += HOUR
    assert clock.now() == NOON - 23 * HOUR
