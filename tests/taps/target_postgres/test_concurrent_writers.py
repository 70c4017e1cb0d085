"""Several loaders may work on the same tables at once."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from taps.target_postgres.target import TargetPostgres
from tests.taps.target_postgres.singer import (
    ORDERS,
    Loader,
    Message,
    lines,
    record,
    schema,
)

_WRITERS = 6


def _load_together(loader: Loader, inputs: list[tuple[str, list[Message]]]) -> None:
    # One writer that fails before the start must not leave the others waiting.
    start = Barrier(len(inputs), timeout=60)

    def load(company: str, messages: list[Message]) -> None:
        target = TargetPostgres(config=loader.settings(company_id=company))
        try:
            target.warehouse.run("select 1")
            start.wait()
            target.message_reader.process_lines(
                io.BytesIO(lines(messages)),
                callbacks={
                    "SCHEMA": target._process_schema_message,
                    "RECORD": target._process_record_message,
                },
            )
            target.drain_all(is_endofpipe=True)
        finally:
            target.warehouse.close()

    with ThreadPoolExecutor(len(inputs)) as pool:
        for done in [pool.submit(load, *arguments) for arguments in inputs]:
            done.result()


def test_writers_that_meet_on_new_tables_all_succeed(loader: Loader) -> None:
    streams = ["orders", "customers", "refunds"]
    messages = [
        message
        for stream in streams
        for message in (schema(ORDERS, stream=stream), record(stream, id="1", total=1))
    ]

    _load_together(loader, [(f"company_{n}", messages) for n in range(_WRITERS)])

    for stream in streams:
        assert loader.column(f"select count(*) from raw_shop.{stream}") == [_WRITERS]


def test_writers_that_add_the_same_column_all_succeed(loader: Loader) -> None:
    loader.load(schema(ORDERS))
    wider = schema(ORDERS | {"note": {"type": ["string", "null"]}})
    messages = [wider, record(id="1", note="x")]

    _load_together(loader, [(f"company_{n}", messages) for n in range(_WRITERS)])

    assert loader.column("select distinct note from raw_shop.orders") == ["x"]


def test_writers_of_the_same_rows_in_other_orders_do_not_lock_each_other_out(
    loader: Loader,
) -> None:
    contract = schema(ORDERS, replication_key="updated_at")
    loader.load(contract)

    def orders(writer: int) -> list[Message]:
        ids = list(range(500))
        numbers = ids if writer % 2 else ids[::-1]
        moment = f"2024-06-01T00:00:{writer:02}Z"
        rows = [record(id=str(n), total=writer, updated_at=moment) for n in numbers]
        return [contract, *rows]

    _load_together(loader, [("acme", orders(writer)) for writer in range(_WRITERS)])

    newest = _WRITERS - 1
    assert loader.rows(
        "select count(*), min(total), max(total) from raw_shop.orders"
    ) == [{"count": 500, "min": newest, "max": newest}]


def test_writers_of_the_same_bad_records_in_other_orders_do_not_either(
    loader: Loader,
) -> None:
    loader.load(schema(ORDERS))
    # A server so slow that the writers meet half-way.
    loader.execute(
        "create function ops.dawdle() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(0.001); return new; end $$;"
        " create trigger slow before insert on ops.quarantined_records"
        " for each row execute function ops.dawdle()"
    )
    bad = [record(id=str(number), total="lots") for number in range(200)]

    _load_together(
        loader,
        [("acme", [schema(ORDERS), *bad[:: 1 if n % 2 else -1]]) for n in range(4)],
    )

    assert len(loader.quarantined()) == len(bad)
