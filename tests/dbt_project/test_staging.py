"""A staging model has the name of its raw table, and personal data stays in raw."""

from __future__ import annotations

from tests.dbt_project.warehouse import Warehouse


def test_every_staging_model_has_the_name_of_its_raw_table(
    warehouse: Warehouse,
) -> None:
    query = """
        select nspname, relname from pg_class
        inner join pg_namespace on pg_namespace.oid = relnamespace
        where {} order by 1, 2
    """
    raw = warehouse.rows(query.format("nspname ~ '^raw_' and relkind = 'r'"))
    staged = warehouse.rows(query.format("nspname = 'staging' and relkind = 'v'"))

    possible = {
        f"stg_{row['nspname'].removeprefix('raw_')}__{row['relname']}" for row in raw
    }
    models = {row["relname"] for row in staged}
    # Events of several senders lie in one table: there, a model is of a kind of event.
    apart = ("stg_ops__", "stg_webhooks__", "stg_probe__")
    assert {name for name in models if not name.startswith(apart)} <= possible
    assert len(possible) > 40


def test_names_telephones_and_addresses_stay_in_raw(warehouse: Warehouse) -> None:
    personal = ["email", "phone", "first_name", "last_name", "note", "rut"]

    found = warehouse.rows(
        """
        select relname, attname from pg_attribute
        inner join pg_class on pg_class.oid = attrelid
        where relnamespace in ('staging'::regnamespace, 'intermediate'::regnamespace)
            and attnum > 0 and attname = any(%s)
        """,
        [personal],
    )

    assert found == []
