"""Each column of each record of each tap comes from its own place in the answer.

Answers hold a value of its own in every place (see `numbered`), and tables beside this
module say which place a column is to come from: two columns that are exchanged anywhere
between the answer and the record are found.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from orchestration.lib.core.yaml_files import parsed
from taps.api_source.http import HttpClient
from taps.api_source.slices import SlicedStream, Tally
from taps.api_source.tap import SourceTap
from taps.declared.tap import declared_tap
from taps.sources import declared_slugs
from taps.tap_files.tap import TapFiles
from taps.tap_google_ads.tap import TapGoogleAds
from taps.tap_meta_ads.tap import TapMetaAds
from taps.tap_search_console.tap import TapSearchConsole
from taps.tap_shopify.tap import TapShopify
from taps.target_postgres.column_types import ColumnType, columns_of
from taps.target_postgres.errors import RejectedRecordError
from taps.target_postgres.rows import RowEncoder
from tests.taps import numbered_answers as answers
from tests.taps.numbered import Numbered, Origins, origins_in_both
from tests.taps.tap_runs import Output, sync
from tests.taps.tap_shopify.shop import serving

TapWeather = declared_tap("weather")
TapCalendar = declared_tap("calendar")
TAPS: tuple[type[SourceTap], ...] = (
    TapShopify,
    TapMetaAds,
    TapGoogleAds,
    TapSearchConsole,
    TapWeather,
    TapCalendar,
)
PLACES: dict[str, dict[str, dict[str, str]]] = parsed(
    Path(__file__).with_name("record_places.yml")
)
#: What an API adds up by: blank is one of its values, and no two rows have the same.
ADDED_UP_BY = {
    *("visit_role", "action_type", "attribution_window", "publisher_platform"),
    *("search_type", "query", "page", "country", "device"),
    *("session_source", "session_medium", "session_campaign", "priority", "metric"),
}
KEY_VALUES = {
    ColumnType.TEXT: "x",
    ColumnType.BIGINT: 1,
    ColumnType.DATE: "2026-01-05",
    ColumnType.TIMESTAMPTZ: "2026-01-05T10:00:00Z",
}
#: What a tap says of its own run, and no answer does.
OWN_WORDS = "the tap itself"
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("taps.api_source.http._our_now", lambda: NOW)
    yield
    logging.getLogger().handlers.clear()


def read(
    tap: type[SourceTap], numbered: Numbered, folder: Path, patch: pytest.MonkeyPatch
) -> Output:
    """Everything a tap writes of numbered answers."""
    config = answers.config(tap.name, numbered, folder)
    if tap is TapShopify:
        with serving() as shop:
            answers.stock(shop, numbered)
            shop.now = NOW
            return sync(tap, config | {"api_url": shop.url})

    def answer(
        self: HttpClient, method: str, url: str, *, call: str, **options: Any
    ) -> Any:
        return answers.answer(tap.name, numbered, method, url, options)

    def parsed(
        self: HttpClient,
        method: str,
        url: str,
        *,
        parse: Callable[[requests.Response], Any],
        **options: Any,
    ) -> Any:
        response = requests.Response()
        response.status_code = 200
        told = answers.answer(tap.name, numbered, method, url, options)
        response._content = json.dumps(told).encode()
        return parse(response)

    patch.setattr(HttpClient, "json", answer)
    patch.setattr(HttpClient, "parsed", parsed)
    return sync(tap, config)


def origins(
    tap: type[SourceTap], folder: Path, patch: pytest.MonkeyPatch
) -> Mapping[str, Origins]:
    """Of each stream, where the columns of its fullest record come from."""
    readings = []
    for reading in range(3):
        numbered = Numbered(reading)
        output = read(tap, numbered, folder, patch)
        readings.append(
            {name: numbered.origins(fullest(output, name)) for name in PLACES[tap.name]}
        )
    first, second, third = readings
    return {
        name: origins_in_both(origins_in_both(first[name], second[name]), third[name])
        for name in first
    }


def fullest(output: Output, stream: str) -> Mapping[str, Any]:
    """The record with the fewest nulls; the last one of several."""
    records = reversed(output.records(stream))
    return min(records, key=lambda record: list(record.values()).count(None))


@pytest.mark.parametrize("tap", TAPS, ids=lambda tap: tap.name)
def test_every_column_comes_from_its_own_place(
    tap: type[SourceTap], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = origins(tap, tmp_path, monkeypatch)

    for stream, places in PLACES[tap.name].items():
        own = {*places.values()}
        told = {name: found[stream][name] & own for name in places}
        assert told == {
            name: {place} if place != OWN_WORDS else set()
            for name, place in places.items()
        }, stream


@pytest.mark.parametrize("tap", TAPS, ids=lambda tap: tap.name)
def test_every_column_of_every_stream_has_a_place(
    tap: type[SourceTap], tmp_path: Path
) -> None:
    made = tap(config=answers.config(tap.name, Numbered(0), tmp_path))

    assert {
        stream.name: set(stream.schema["properties"])
        for stream in made.streams.values()
        if stream.name != "slices"
    } == {stream: set(places) for stream, places in PLACES[tap.name].items()}


@pytest.mark.parametrize(
    "tap",
    [*TAPS[:4], TapFiles, *map(declared_tap, declared_slugs())],
    ids=lambda tap: tap.name,
)
def test_a_row_whose_key_is_blank_is_refused(
    tap: type[SourceTap] | type[TapFiles], tmp_path: Path
) -> None:
    streams = tap(config={"path": str(tmp_path)}, validate_config=False).streams

    for stream in streams.values():
        columns = columns_of(stream.name, stream.schema, stream.primary_keys)
        encoder = RowEncoder([each for each in columns if each.is_key], "acme")
        keys = {c.property_name: c for c in columns if c.is_key}
        good = {name: KEY_VALUES[column.type] for name, column in keys.items()}
        assert encoder.row(dict(good), None)
        # What a file says wrong is told by its place, and no row of a table.
        for name in keys.keys() - ADDED_UP_BY - {"location"}:
            with pytest.raises(RejectedRecordError, match=f"'{name}' is "):
                encoder.row(good | {name: " "}, None)


def test_a_slice_keeps_its_count_and_its_two_totals_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tap = TapCalendar(config=answers.config(TapCalendar.name, Numbered(0), tmp_path))
    days, slices = tap.streams["holidays"], tap.streams["slices"]
    assert isinstance(days, SlicedStream)
    written: list[Mapping[str, Any]] = []
    monkeypatch.setattr(slices, "emit", written.append)
    monkeypatch.setattr(days, "total_name", "hours")

    days.close_slice(
        {"calendar_id": "ES", "year": 2026},
        Tally(row_count=3, total=Decimal(4)),
        NOW,
        control_total=Decimal(5),
        is_final=True,
    )

    (row,) = written
    assert row == {
        "stream_name": "holidays",
        "calendar_id": "ES",
        "year": 2026,
        "row_count": 3,
        "total_name": "hours",
        "total": 4,
        "control_total": 5,
        "is_final": True,
        "read_at": NOW,
    }
