"""How alembic reaches the database: one connection, one transaction, one lock."""

from alembic import context
from sqlalchemy import create_engine, text

_LOCK = 7_467_001  # any number; the same for every process that migrates


def _upgrade() -> None:
    url = context.config.attributes["url"].replace(
        "postgresql://", "postgresql+psycopg://"
    )
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(text("create schema if not exists ops"))
        context.configure(connection=connection, version_table_schema="ops")
        context.run_migrations()
    engine.dispose()


_upgrade()
