"""What one of the platform's roles does is done whole, or not at all."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.lib.warehouse.warehouse import Warehouse

LINE = """
    insert into predictions.model_parameters
    values ('acme', 'fit', 'bg_nbd', 'r', 0.2, null)
"""


def parameters(url: str) -> int:
    with psycopg.connect(url) as database:
        found = database.execute("select count(*) from predictions.model_parameters")
        return int(found.fetchall()[0][0])


@pytest.fixture
def warehouse(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setattr(Warehouse, "url", lambda self: database_url)
    return Warehouse()


def test_what_a_role_ended_is_kept(warehouse: Warehouse) -> None:
    with warehouse.acting_as("scientist") as database:
        database.execute(LINE)

    assert parameters(warehouse.url()) == 1


def test_what_a_role_began_and_did_not_end_is_undone(warehouse: Warehouse) -> None:
    def begin() -> None:
        with warehouse.acting_as("scientist") as database:
            database.execute(LINE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin()

    assert parameters(warehouse.url()) == 0
