"""Roles may do what their room allows, and no more."""

import psycopg

from orchestration.lib.database import connect, migrate


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)

    with psycopg.connect(database_url) as connection:
        versions = connection.execute("select version_num from ops.alembic_version")
        assert versions.fetchall() == [("0005",)]


def test_a_connection_acts_as_its_role(database_url: str) -> None:
    with connect(database_url, "loader") as connection:
        assert connection.execute("select current_user").fetchone() == ("loader",)
