"""A lock is waited for, not for ever, and who holds it is named."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.lib.warehouse.advisory_locks import LockHeld, take_lock
from orchestration.lib.warehouse.database import SchemaUnknown, migrate, one_at_a_time

_MIGRATION = 7_467_001


@pytest.mark.parametrize("key", ["dbt", "company acme", _MIGRATION, -5])
@pytest.mark.parametrize("within_transaction", [False, True])
def test_who_holds_it_is_named(
    database_url: str, key: str | int, within_transaction: bool
) -> None:
    with (
        psycopg.connect(database_url, application_name="another build") as holder,
        psycopg.connect(database_url) as waiting,
    ):
        take_lock(holder, key)

        with pytest.raises(LockHeld) as failure:
            take_lock(
                waiting,
                key,
                within_transaction=within_transaction,
                patience_seconds=0.01,
            )

        pid = holder.info.backend_pid
    assert f"process {pid} of the server" in str(failure.value)
    assert "(another build)" in str(failure.value)


def test_those_who_share_it_do_not_wait(database_url: str) -> None:
    with (
        psycopg.connect(database_url) as one,
        psycopg.connect(database_url) as other,
    ):
        take_lock(one, "secrets", is_shared=True)
        take_lock(other, "secrets", is_shared=True, patience_seconds=0.01)

        assert other.execute("show lock_timeout").fetchone() == ("0",)


def test_a_schema_that_is_the_newest_is_not_waited_for(database_url: str) -> None:
    with psycopg.connect(database_url) as holder:
        take_lock(holder, _MIGRATION)

        migrate(database_url)


def test_a_schema_of_a_newer_version_is_told(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update ops.alembic_version set version_num = '9999'")

    with pytest.raises(SchemaUnknown, match=r"9999.*a newer one migrated it"):
        migrate(database_url)


def test_a_name_is_held_by_one(database_url: str) -> None:
    with (
        one_at_a_time(database_url, "dbt"),
        psycopg.connect(database_url) as waiting,
        pytest.raises(LockHeld),
    ):
        take_lock(waiting, "dbt", patience_seconds=0.01)
