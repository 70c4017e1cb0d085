"""A closed slice holds what its last read found, and nothing of earlier reads."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from taps.target_postgres.errors import LoadError
from tests.taps.target_postgres.singer import Loader, Message, record, schema, state
from tests.taps.target_postgres.test_concurrent_writers import _load_together
from tests.taps.target_postgres.test_restarts import _feed, _process, _table_locked

_TEXT = {"type": "string"}
_DATE = {"type": "string", "format": "date"}
_MOMENT = {"type": "string", "format": "date-time"}
_NUMBER = {"type": ["number", "null"]}

_EARLIER, _LATER, _LAST = (f"2026-11-20T{hour}:00:00Z" for hour in ("08", "09", "10"))


def _facts(stream: str = "ad_days", **changes: Any) -> Message:
    columns = {
        "account_id": _TEXT,
        "date": _DATE,
        "ad_id": _TEXT,
        "spend": _NUMBER,
        "read_at": _MOMENT,
    }
    properties = {k: v for k, v in (columns | changes).items() if v is not None}
    keys = [name for name in ("account_id", "date", "ad_id") if name in properties]
    key = "read_at" if "read_at" in properties else None
    return schema(properties, stream=stream, keys=keys, replication_key=key)


def _slices(**keywords: Any) -> Message:
    message = schema(
        {
            "stream_name": _TEXT,
            "account_id": _TEXT,
            "date": _DATE,
            "row_count": {"type": ["integer", "null"]},
            "read_at": _MOMENT,
        },
        stream="slices",
        keys=("stream_name", "account_id", "date"),
        replication_key="read_at",
    )
    message["schema"]["x-replaces-by"] = ["account_id", "date"]
    message["schema"].update(keywords)
    return message


def _ad(ad_id: str, read_at: str, *, date: str = "2026-11-01", **more: Any) -> Message:
    stream = more.pop("stream", "ad_days")
    values = {"account_id": "7", "spend": 1} | more
    return record(stream, date=date, ad_id=ad_id, read_at=read_at, **values)


def _closed(read_at: str, *, date: str = "2026-11-01", **more: Any) -> Message:
    values = {"stream_name": "ad_days", "account_id": "7", "row_count": 1} | more
    return record("slices", date=date, read_at=read_at, **values)


def _ads(loader: Loader, company: str = "acme") -> list[str]:
    return loader.column(
        "select account_id || '/' || date || '/' || ad_id from raw_shop.ad_days"
        f" where company_id = '{company}' order by 1"
    )


@pytest.fixture
def read_once(loader: Loader) -> Loader:
    """Two days of ads 1 and 2 are loaded, and their slices closed."""
    loader.load(
        _facts(),
        _slices(),
        *[
            message
            for date in ("2026-11-01", "2026-11-02")
            for message in (
                _ad("1", _EARLIER, date=date),
                _ad("2", _EARLIER, date=date),
                _closed(_EARLIER, date=date),
            )
        ],
    )
    return loader


def test_a_row_that_was_not_read_again_is_gone_and_its_neighbours_are_not(
    read_once: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        read_once.load(_facts(), _slices(), _ad("1", _LATER), _closed(_LATER))

    assert _ads(read_once) == ["7/2026-11-01/1", "7/2026-11-02/1", "7/2026-11-02/2"]
    assert "ad_days: 1 rows vanished at the source" in caplog.text


def test_a_slice_that_became_empty_is_emptied(read_once: Loader) -> None:
    read_once.load(_facts(), _slices(), _closed(_LATER, row_count=0))

    assert _ads(read_once) == ["7/2026-11-02/1", "7/2026-11-02/2"]


def test_a_slice_that_was_not_closed_keeps_its_rows(read_once: Loader) -> None:
    read_once.load(_facts(), _slices(), _ad("1", _LATER))

    assert len(_ads(read_once)) == 4


def test_a_row_that_is_in_another_slice_with_the_same_ids_stays(
    read_once: Loader,
) -> None:
    other = _ad("2", _EARLIER, account_id="8")
    read_once.load(_facts(), _slices(), other)

    read_once.load(_facts(), _slices(), _ad("1", _LATER), _closed(_LATER))

    assert "8/2026-11-01/2" in _ads(read_once)


def test_the_identical_slice_of_another_company_is_untouched(
    read_once: Loader,
) -> None:
    messages = [_facts(), _slices(), _ad("1", _EARLIER), _ad("2", _EARLIER)]
    read_once.load(*messages, _closed(_EARLIER), company_id="globex")

    read_once.load(_facts(), _slices(), _ad("1", _LATER), _closed(_LATER))

    assert _ads(read_once, "globex") == ["7/2026-11-01/1", "7/2026-11-01/2"]
    assert read_once.column(
        "select read_at::text from raw_shop.slices where company_id = 'globex'"
    ) == ["2026-11-20 08:00:00+00"]


def test_the_same_slice_of_another_stream_is_untouched(read_once: Loader) -> None:
    hours = _facts("campaign_days")
    old = _ad("9", _EARLIER, stream="campaign_days")
    read_once.load(_facts(), hours, _slices(), old)

    read_once.load(_facts(), hours, _slices(), _ad("1", _LATER), _closed(_LATER))

    assert read_once.column("select ad_id from raw_shop.campaign_days") == ["9"]


def test_an_older_record_neither_wins_nor_deletes_what_the_newer_read_found(
    read_once: Loader,
) -> None:
    read_once.load(_facts(), _slices(), _ad("1", _LAST), _ad("3", _LAST))
    read_once.load(_facts(), _slices(), _closed(_LAST, row_count=2))

    read_once.load(_facts(), _slices(), _closed(_LATER, row_count=99))

    assert _ads(read_once)[:2] == ["7/2026-11-01/1", "7/2026-11-01/3"]
    assert read_once.rows(
        "select row_count, read_at::text from raw_shop.slices where date = '2026-11-01'"
    ) == [{"row_count": 2, "read_at": "2026-11-20 10:00:00+00"}]


def test_rows_that_come_late_with_an_older_record_do_not_rise_from_the_dead(
    read_once: Loader,
) -> None:
    read_once.load(_facts(), _slices(), _ad("1", _LAST), _closed(_LAST))

    late = [_ad("1", _LATER), _ad("2", _LATER), _closed(_LATER)]
    read_once.load(_facts(), _slices(), *late)

    assert _ads(read_once)[:1] == ["7/2026-11-01/1"]
    assert len(_ads(read_once)) == 3


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_it_does_not_matter_where_a_batch_ends(
    read_once: Loader, batch_rows: int
) -> None:
    read_once.load(
        _facts(),
        _slices(),
        _ad("1", _LATER),
        _ad("3", _LATER),
        _closed(_LATER),
        _ad("2", _LATER, date="2026-11-02"),
        _closed(_LATER, date="2026-11-02"),
        batch_rows=batch_rows,
    )

    assert _ads(read_once) == ["7/2026-11-01/1", "7/2026-11-01/3", "7/2026-11-02/2"]


def test_loading_the_same_read_twice_changes_nothing(read_once: Loader) -> None:
    messages = [_facts(), _slices(), _ad("1", _LATER), _closed(_LATER)]
    read_once.load(*messages)
    before = read_once.rows("select * from raw_shop.ad_days order by date, ad_id")

    read_once.load(*messages)

    after = read_once.rows("select * from raw_shop.ad_days order by date, ad_id")
    assert after == before


def test_killed_between_the_rows_and_their_record_it_keeps_the_old_rows(
    read_once: Loader, tmp_path: Path
) -> None:
    messages = [_ad("1", _LATER, spend=5), _ad("3", _LATER)]
    with _process(read_once, tmp_path, batch_rows=2) as process:
        # The two rows fill a batch; the state tells that it is committed.
        _feed(process, [_facts(), _slices(), state(1), *messages])
        assert process.stdout
        assert json.loads(process.stdout.readline())["bookmarks"] == 1
        with _table_locked(read_once, "raw_shop.slices"):
            _feed(process, [_closed(_LATER)])
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    assert _ads(read_once)[:3] == [f"7/2026-11-01/{number}" for number in (1, 2, 3)]
    assert read_once.column("select distinct read_at::text from raw_shop.slices") == [
        "2026-11-20 08:00:00+00"
    ]

    read_once.load(_facts(), _slices(), _ad("1", _LAST), _ad("3", _LAST))
    read_once.load(_facts(), _slices(), _closed(_LAST))

    assert _ads(read_once)[:2] == ["7/2026-11-01/1", "7/2026-11-01/3"]


def test_the_record_and_the_deletion_are_one_transaction(read_once: Loader) -> None:
    read_once.execute(
        "create function raw_shop.refuse() returns trigger language plpgsql as"
        " $$ begin raise 'no'; end $$;"
        " create trigger no before delete on raw_shop.ad_days"
        " for each row execute function raw_shop.refuse()"
    )

    with pytest.raises(LoadError, match="no"):
        read_once.load(_facts(), _slices(), _ad("3", _LATER), _closed(_LATER))

    assert len(_ads(read_once)) == 4
    assert read_once.column("select distinct read_at::text from raw_shop.slices") == [
        "2026-11-20 08:00:00+00"
    ]


def test_names_that_need_quoting_are_quoted(loader: Loader) -> None:
    strange = 'Days "of" 100%'
    facts = schema(
        {"Account %": _TEXT, "n": _TEXT, "read_at": _MOMENT},
        stream=strange,
        keys=("Account %", "n"),
        replication_key="read_at",
    )
    slices = schema(
        {"stream_name": _TEXT, "Account %": _TEXT, "read_at": _MOMENT},
        stream="slices",
        keys=("stream_name", "Account %"),
        replication_key="read_at",
    )
    slices["schema"]["x-replaces-by"] = ["Account %"]
    for moment, numbers in ((_EARLIER, "12"), (_LATER, "1")):
        loader.load(
            facts,
            slices,
            *[
                record(strange, **{"Account %": "7", "n": n, "read_at": moment})
                for n in numbers
            ],
            record(
                "slices",
                **{"stream_name": strange, "Account %": "7", "read_at": moment},
            ),
        )

    assert loader.column('select n from raw_shop."days ""of"" 100%"') == ["1"]


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ((), "has no SCHEMA message"),
        ((_facts(read_at=None),), "no 'read_at'"),
        ((_facts(date=None),), "no 'date'"),
        ((_facts(date=_TEXT),), "no 'date' of the type date"),
    ],
)
def test_a_slice_of_something_that_cannot_be_replaced_is_refused(
    loader: Loader, facts: tuple[Message, ...], complaint: str
) -> None:
    with pytest.raises(LoadError, match=complaint) as failure:
        loader.load(*facts, _slices(), _closed(_LATER))

    assert str(failure.value).startswith(f"Line {len(facts) + 2} of the input")


@pytest.mark.parametrize(
    "broken",
    [
        _slices(**{"x-replaces-by": []}),
        _slices(**{"x-replaces-by": "date"}),
        _slices(**{"x-replaces-by": ["account_id"]}),
        {k: v for k, v in _slices().items() if k != "bookmark_properties"},
    ],
)
def test_a_keyword_that_does_not_fit_the_key_is_refused(
    loader: Loader, broken: Message
) -> None:
    with pytest.raises(LoadError, match="Declare"):
        loader.load(_facts(), broken)


def test_hundreds_of_slices_in_one_batch_are_each_cleared(loader: Loader) -> None:
    dates = [f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(300)]
    ads = [str(number) for number in range(20)]
    for moment, kept in ((_EARLIER, ads), (_LATER, ads[:19])):
        messages = [
            message
            for date in dates
            for message in (
                *[_ad(ad, moment, date=date) for ad in kept],
                _closed(moment, date=date),
            )
        ]
        loader.load(_facts(), _slices(), *messages)

    assert loader.column("select count(*) from raw_shop.ad_days") == [300 * 19]


def test_writers_of_the_same_slices_all_succeed_and_the_latest_read_stays(
    loader: Loader,
) -> None:
    loader.load(_facts(), _slices())
    dates = [f"2026-11-{day:02}" for day in range(1, 29)]

    def read(writer: int) -> list[Message]:
        moment = f"2026-11-20T08:00:{writer:02}Z"
        # Each read finds other ads; no two find the days in the same order.
        return [
            _facts(),
            _slices(),
            *[
                message
                for date in dates[:: 1 if writer % 2 else -1]
                for message in (
                    *[_ad(f"{writer}/{n}", moment, date=date) for n in range(5)],
                    _ad("common", moment, date=date),
                    _closed(moment, date=date),
                )
            ],
        ]

    _load_together(loader, [("acme", read(writer)) for writer in range(6)])

    assert loader.rows(
        "select ad_id, count(*) from raw_shop.ad_days group by 1 order by 1"
    ) == [
        {"ad_id": ad, "count": len(dates)}
        for ad in (*[f"5/{n}" for n in range(5)], "common")
    ]
