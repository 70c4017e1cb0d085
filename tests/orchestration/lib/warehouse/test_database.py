"""Roles may do what their room allows, and no more."""

from pathlib import Path

import psycopg

from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import connect, migrate, open_database


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


def test_nobody_else_lists_or_writes_what_is_in_the_home(
    database_url: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o777)
    home.chmod(0o777)

    open_database(Settings(home, database_url))

    assert home.stat().st_mode & 0o066 == 0


def test_a_folder_that_everybody_shares_stays_so(
    database_url: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o1777)

    open_database(Settings(tmp_path, database_url))

    assert tmp_path.stat().st_mode & 0o1777 == 0o1777
