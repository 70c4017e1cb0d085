"""How alembic reaches the database: one connection, one transaction, one lock."""

from typing import cast

import psycopg
from alembic import context
from sqlalchemy import create_engine, text

from orchestration.lib.warehouse.advisory_locks import take_lock

_LOCK = 7_467_001  # any number; the same for every process that migrates


def _upgrade() -> None:
    url = context.config.attributes["url"].replace(
        "postgresql://", "postgresql+psycopg://"
    )
    engine = create_engine(url)
    with engine.begin() as connection:
        session = cast("psycopg.Connection", connection.connection.dbapi_connection)
        take_lock(session, _LOCK, within_transaction=True, patience_seconds=60)
        connection.execute(text("create schema if not exists ops"))
        context.configure(connection=connection, version_table_schema="ops")
        context.run_migrations()
    engine.dispose()


_upgrade()
