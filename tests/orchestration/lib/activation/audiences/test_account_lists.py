"""Lists of accounts: by segment, without those drawn or watched, always the same."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.activation.audiences.account_lists import (
    AccountList,
    AccountsRefused,
    AccountsRequest,
    export_accounts,
)

TENTH = Decimal("0.1")


@pytest.fixture
def url(database_url: str) -> str:
    with psycopg.connect(database_url) as database:
        database.execute(
            """create table reporting.segments_by_account (company_id text,
                account_id text, account_name text, cs_manager text,
                behaviour_segment text, mrr_amount numeric, is_watched boolean,
                is_now boolean)"""
        )
        database.execute(
            "grant select on reporting.segments_by_account to orchestrator"
        )
        database.execute(
            """create schema if not exists intermediate;
            create table intermediate.int_account_names (company_id text,
                name_kind text, called text, account_id text);
            grant usage on schema intermediate to orchestrator;
            grant select on intermediate.int_account_names to orchestrator;
            insert into intermediate.int_account_names values
                ('acme', 'email_domain', 'uno.es', '1'),
                ('acme', 'account_id', 'one', '1'),
                ('bolt', 'email_domain', 'dos.es', '2')"""
        )
        for company in ("acme", "bolt"):
            database.execute(
                """insert into reporting.segments_by_account
                select %s, number::text, '=Estudio ' || number, null, 'power',
                    1000 - number, number = 7, true
                from generate_series(1, 400) as number""",
                [company],
            )
        database.execute(
            """insert into reporting.segments_by_account values
            ('acme', 'new', 'Nueva', 'Ana', 'new', 10, false, true),
            ('acme', '1', 'Antes', null, 'new', 10, false, false)"""
        )
    return database_url


def export(
    url: str, path: Path, segment: str, share: Decimal, **more: object
) -> AccountList:
    told = {"company_id": "acme", "is_holdout": False, **more}
    request = AccountsRequest(
        str(told["company_id"]), segment, share, is_holdout=bool(told["is_holdout"])
    )
    return export_accounts(url, request, path)


def listed(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_who_is_kept_back_is_in_the_other_list_and_nobody_in_both(
    url: str, tmp_path: Path
) -> None:
    told, kept = tmp_path / "told.csv", tmp_path / "kept.csv"
    done = export(url, told, "power", TENTH)
    export(url, kept, "power", TENTH, is_holdout=True)

    first, second = listed(told), listed(kept)
    ids = [row[0] for row in second]
    assert (done.row_count, done.kept_back_count) == (len(first), len(second))
    assert len(first) + len(second) == 400
    # A tenth of 400, give or take three standard deviations, and the watched one.
    assert 22 <= len(second) <= 59
    assert "7" in ids
    # Again the same, and more of them where more are kept back.
    export(url, told, "power", TENTH * 2)
    assert set(ids).isdisjoint(row[0] for row in listed(told))


def test_rows_say_who_pays_most_first_and_compute_nothing(
    url: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    export(url, path, "power", Decimal(0))
    rows = listed(path)

    assert rows[0] == ["1", "'=Estudio 1", "uno.es", "", "power", "999"]
    # What another company's account of that number is called is not its own.
    assert rows[1][2] == ""
    assert len(rows) == 399
    export(url, path, "new", Decimal(0))
    assert listed(path) == [["new", "Nueva", "", "Ana", "new", "10"]]


def test_companies_have_lots_of_their_own(url: str, tmp_path: Path) -> None:
    path, kept = tmp_path / "list.csv", []
    for company in ("acme", "bolt"):
        export(url, path, "power", TENTH, company_id=company, is_holdout=True)
        kept.append({row[0] for row in listed(path)})

    assert kept[0] != kept[1]


@pytest.mark.parametrize(
    ("segment", "share", "word"), [("vip", "0.1", "new, power"), ("new", "0.6", "0.5")]
)
def test_what_cannot_be_listed_is_said(
    url: str, tmp_path: Path, segment: str, share: str, word: str
) -> None:
    with pytest.raises(AccountsRefused, match=word):
        export(url, tmp_path / "x.csv", segment, Decimal(share))
    assert not list(tmp_path.iterdir())
