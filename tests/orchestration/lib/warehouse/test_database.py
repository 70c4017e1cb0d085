"""Roles may do what their room allows, and no more."""

import psycopg

from orchestration.lib.warehouse.database import connect, migrate


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = _versions(database_url)
    assert before

    migrate(database_url)

    assert _versions(database_url) == before


def _versions(database_url: str) -> list[tuple[str]]:
    with psycopg.connect(database_url) as connection:
        query = "select version_num from ops.alembic_version"
        return connection.execute(query).fetchall()


def test_a_connection_acts_as_its_role(database_url: str) -> None:
    with connect(database_url, "loader") as connection:
        assert connection.execute("select current_user").fetchone() == ("loader",)
