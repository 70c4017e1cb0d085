"""Points are given once, never spent below zero, and never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
import pytest

from orchestration.lib.activation.points.entries import Award, Entry, add, entries_of
from orchestration.lib.activation.points.ledger import (
    balances,
    earn,
    expire,
    move,
    redeem,
    reverse,
)
from orchestration.lib.activation.points.lots import lots_of
from orchestration.lib.activation.points.refusals import PointsRefused
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_removal import remove_company
from orchestration.lib.tenancy.privacy.person import Person
from orchestration.lib.tenancy.privacy.traces import remove_traces
from orchestration.lib.warehouse.database import connect
from tests.conftest import NewDatabase

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def url(new_database: NewDatabase) -> Iterator[str]:
    with new_database() as made:
        for name in ("acme", "bolt"):
            add_company(made, Company(name, name, "EUR", "UTC"))
        yield made


@pytest.fixture
def database(url: str) -> Iterator[psycopg.Connection]:
    with connect(url, "orchestrator", autocommit=True) as opened:
        yield opened


def award(
    account: str,
    points: int,
    ref: str,
    *,
    occurred_at: datetime = NOW,
    expires_at: datetime | None = None,
) -> Award:
    return Award(
        account_id=account,
        kind="earn" if points > 0 else "redeem",
        points=points,
        rule_id="usage_month" if points > 0 else "credit",
        source_ref=ref,
        occurred_at=occurred_at,
        recorded_by="test",
        expires_at=expires_at,
    )


def balance(database: psycopg.Connection, account: str, company: str = "acme") -> int:
    (found,) = balances(database, company, account)
    return found.balance


def left(database: psycopg.Connection, account: str) -> list[int]:
    lots = lots_of(entries_of(database, "acme", account)).lots
    return [lot.remaining for lot in lots.values()]


def test_the_same_award_is_given_once(database: psycopg.Connection) -> None:
    first = earn(database, "acme", award("once", 10, "once-1"))
    again = earn(database, "acme", award("once", 10, "once-1"))
    spent = redeem(database, "acme", award("once", -10, "once-1"))
    spent_again = redeem(database, "acme", award("once", -10, "once-1"))

    assert (first, spent) == (again, spent_again)
    assert balance(database, "once") == 0


@pytest.mark.parametrize(("account", "points"), [("other", 10), ("key", 11)])
def test_a_key_is_of_one_award(
    database: psycopg.Connection, account: str, points: int
) -> None:
    earn(database, "acme", award("key", 10, "key-1"))

    with pytest.raises(PointsRefused, match="'key-1' already, for something else"):
        earn(database, "acme", award(account, points, "key-1"))


def test_companies_share_neither_keys_nor_accounts(
    database: psycopg.Connection,
) -> None:
    mine = earn(database, "acme", award("same", 10, "same-1"))
    earn(database, "bolt", award("same", 25, "same-1"))

    assert balance(database, "same") == 10
    assert balance(database, "same", "bolt") == 25
    with pytest.raises(PointsRefused, match="bolt has no entry"):
        reverse(database, "bolt", mine.entry_id, now=NOW, by="test")


def test_nobody_spends_more_than_there_is(database: psycopg.Connection) -> None:
    earn(database, "acme", award("short", 99, "short-1"))

    with pytest.raises(PointsRefused, match="short has 99 points, and 100"):
        redeem(database, "acme", award("short", -100, "short-2"))
    assert balance(database, "short") == 99


def test_what_was_earned_first_is_spent_first(database: psycopg.Connection) -> None:
    for number in range(3):
        earn(database, "acme", award("fifo", 100, f"fifo-{number}"))

    redeem(database, "acme", award("fifo", -150, "fifo-4"))

    assert left(database, "fifo") == [0, 50, 100]


def test_what_was_redeemed_goes_back_to_its_lots(database: psycopg.Connection) -> None:
    earn(database, "acme", award("back", 100, "back-1"))
    earn(database, "acme", award("back", 100, "back-2"))
    spent = redeem(database, "acme", award("back", -150, "back-3"))

    once = reverse(database, "acme", spent.entry_id, now=NOW, by="test")
    again = reverse(database, "acme", spent.entry_id, now=NOW, by="test")

    assert once == again
    assert left(database, "back") == [100, 100]


def test_points_taken_back_after_they_were_spent_are_owed(
    database: psycopg.Connection,
) -> None:
    given = earn(database, "acme", award("owes", 100, "owes-1"))
    redeem(database, "acme", award("owes", -100, "owes-2"))

    reverse(database, "acme", given.entry_id, now=NOW, by="test")

    assert balance(database, "owes") == -100
    with pytest.raises(PointsRefused, match="owes 100 points"):
        redeem(database, "acme", award("owes", -1, "owes-3"))
    earn(database, "acme", award("owes", 130, "owes-4"))
    assert balance(database, "owes") == 30
    assert left(database, "owes") == [0, 30]


def test_what_is_taken_back_goes_from_its_lot_and_then_from_others(
    database: psycopg.Connection,
) -> None:
    first = earn(database, "acme", award("lots", 100, "lots-1"))
    earn(database, "acme", award("lots", 100, "lots-2"))
    second = earn(database, "acme", award("lots", 50, "lots-3"))
    redeem(database, "acme", award("lots", -30, "lots-4"))

    reverse(database, "acme", second.entry_id, now=NOW, by="test")
    assert left(database, "lots") == [70, 100, 0]
    reverse(database, "acme", first.entry_id, now=NOW, by="test")

    assert left(database, "lots") == [0, 70, 0]
    assert balance(database, "lots") == 70


def test_points_expire_once_and_cannot_be_spent_afterwards(
    database: psycopg.Connection,
) -> None:
    day = NOW + timedelta(days=10)
    earn(database, "acme", award("old", 100, "old-1", expires_at=day))
    earn(database, "acme", award("old", 50, "old-2"))
    redeem(database, "acme", award("old", -30, "old-3"))

    with pytest.raises(PointsRefused, match="old has 50 points, and 51"):
        redeem(database, "acme", award("old", -51, "old-4", occurred_at=day))
    assert expire(database, "acme", day - timedelta(seconds=1), "old") == []
    (gone,) = expire(database, "acme", day, "old")
    assert expire(database, "acme", day, "old") == []

    assert gone.points == -70
    assert balance(database, "old") == 50


def test_a_merged_account_gives_its_lots_and_owes_what_the_other_has(
    database: psycopg.Connection,
) -> None:
    soon = NOW + timedelta(days=9)
    earn(database, "acme", award("gone", 30, "gone-1", occurred_at=NOW - timedelta(40)))
    given = earn(database, "acme", award("gone", 20, "gone-2", expires_at=soon))
    redeem(database, "acme", award("gone", -10, "gone-3"))
    earn(database, "acme", award("stays", 5, "stays-1"))

    written = move(database, "acme", "gone", "stays", now=NOW)
    again = move(database, "acme", "gone", "stays", now=NOW)

    assert ([one.points for one in written], again) == ([-20, 20, -20, 20], [])
    assert [one.occurred_at for one in written[::2]] == [NOW, NOW]
    assert written[1].occurred_at == NOW - timedelta(40)
    assert (written[3].expires_at, left(database, "gone")) == (soon, [0, 0])
    assert (balance(database, "gone"), balance(database, "stays")) == (0, 45)

    # What is taken back of it then is owed, and paid as far as there is something.
    reverse(database, "acme", given.entry_id, now=NOW, by="test")
    redeem(database, "acme", award("stays", -30, "stays-2"))
    move(database, "acme", "gone", "stays", now=NOW)

    assert (balance(database, "gone"), balance(database, "stays")) == (-5, 0)


def test_a_refused_redemption_lets_nothing_expire_by_halves(
    database: psycopg.Connection,
) -> None:
    earn(database, "acme", award("half", 10, "half-1", expires_at=NOW + timedelta(1)))

    with pytest.raises(PointsRefused):
        redeem(
            database,
            "acme",
            award("half", -5, "half-2", occurred_at=NOW + timedelta(2)),
        )

    assert [one.kind for one in entries_of(database, "acme", "half")] == ["earn"]


def test_of_what_expired_in_part_the_rest_is_taken_back(
    database: psycopg.Connection,
) -> None:
    day = NOW + timedelta(days=1)
    given = earn(database, "acme", award("part", 100, "part-1", expires_at=day))
    spent = redeem(database, "acme", award("part", -40, "part-2"))
    expire(database, "acme", day, "part")

    taken = reverse(database, "acme", given.entry_id, now=day, by="test")
    reverse(database, "acme", spent.entry_id, now=day, by="test")

    # Sixty were gone already; the forty that were spent are owed, and given back.
    assert taken.points == -40
    assert balance(database, "part") == 0


def test_what_is_given_back_of_an_expired_lot_expires_again(
    database: psycopg.Connection,
) -> None:
    day = NOW + timedelta(days=1)
    earn(database, "acme", award("again", 100, "again-1", expires_at=day))
    spent = redeem(database, "acme", award("again", -40, "again-2"))
    expire(database, "acme", day, "again")
    reverse(database, "acme", spent.entry_id, now=day, by="test")

    (gone,) = expire(database, "acme", day, "again")

    assert gone.points == -40
    assert balance(database, "again") == 0


@pytest.mark.parametrize("kind", ["expire", "reverse"])
def test_only_what_was_earned_or_redeemed_is_taken_back(
    database: psycopg.Connection, kind: str
) -> None:
    day, name = NOW + timedelta(days=1), f"kind-{kind}"
    given = earn(database, "acme", award(name, 10, name, expires_at=day))
    if kind == "expire":
        (entry,) = expire(database, "acme", day, name)
    else:
        entry = reverse(database, "acme", given.entry_id, now=NOW, by="test")

    with pytest.raises(PointsRefused, match=f"of the kind {kind}"):
        reverse(database, "acme", entry.entry_id, now=day, by="test")


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update ops.points_entries set points = 1", psycopg.errors.RestrictViolation),
        ("delete from ops.points_entries", psycopg.errors.RestrictViolation),
        (
            """insert into ops.points_entries (company_id, account_id, kind, points,
                rule_id, source_ref, occurred_at, recorded_by, entry_number,
                balance_after)
            values ('acme', 'kept', 'redeem', -11, 'credit', 'kept-2', now(), 'x', 2,
                -1)""",
            psycopg.errors.CheckViolation,
        ),
    ],
)
def test_who_may_do_everything_cannot_break_the_ledger(
    url: str, database: psycopg.Connection, statement: str, refusal: type[Exception]
) -> None:
    earn(database, "acme", award("kept", 10, "kept-1"))

    with psycopg.connect(url) as admin, pytest.raises(refusal):
        admin.execute(statement)

    assert balance(database, "kept") == 10


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_platform_adds_entries_and_does_nothing_else_to_them(
    database: psycopg.Connection, verb: str
) -> None:
    statement = {
        "update": "update ops.points_entries set points = 1",
        "delete": "delete from ops.points_entries",
    }[verb]

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute(statement)


def test_a_key_that_another_account_takes_at_once_moves_no_balance(
    database: psycopg.Connection,
) -> None:
    earn(database, "acme", award("first", 10, "race-1"))
    earn(database, "acme", award("second", 10, "race-2"))

    # As if `find` had looked before the first was there.
    with pytest.raises(PointsRefused, match="since a moment ago"):
        add(database, "acme", award("second", 10, "race-1"))

    assert balance(database, "second") == 10


@pytest.fixture
def two_ledgers(database_url: str) -> str:
    """An entry and its reversal of an account named after Ana, in two companies."""
    for name in ("acme", "bolt"):
        add_company(database_url, Company(name, name, "EUR", "UTC"))
        with connect(database_url, "orchestrator", autocommit=True) as database:
            given = earn(database, name, award("ana@acme.test", 10, "ana@acme.test 1"))
            reverse(database, name, given.entry_id, now=NOW, by="test")
    return database_url


def rows_of(url: str, company: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            """select account_id, source_ref, points, balance_after
            from ops.points_entries where company_id = %s order by entry_number""",
            (company,),
        ).fetchall()


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_a_ledger_goes_with_its_company(two_ledgers: str, how: str) -> None:
    if how == "removed":
        deleted = remove_company(two_ledgers, "acme")
        assert deleted["ops.points_entries"] == 2
    else:
        with psycopg.connect(two_ledgers) as admin:
            admin.execute("delete from ops.companies where company_id = 'acme'")

    assert rows_of(two_ledgers, "acme") == []
    assert len(rows_of(two_ledgers, "bolt")) == 2


def test_who_is_forgotten_goes_out_of_the_words_and_no_number_moves(
    two_ledgers: str,
) -> None:
    others = rows_of(two_ledgers, "bolt")
    ana = Person({"ana@acme.test"})

    with psycopg.connect(two_ledgers) as admin:
        changed = remove_traces(admin, "acme", ana)

    assert changed["ops.points_entries"] >= 2
    (first, second) = rows_of(two_ledgers, "acme")
    assert first == ("[forgotten]", "[forgotten] 1", 10, 10)
    assert (second[0], second[2:]) == ("[forgotten]", (-10, 0))
    assert rows_of(two_ledgers, "bolt") == others
    with connect(two_ledgers, "orchestrator", autocommit=True) as database:
        assert balance(database, "[forgotten]") == 0


def test_erasing_words_is_no_way_to_change_a_number(two_ledgers: str) -> None:
    with psycopg.connect(two_ledgers) as admin:
        admin.execute("select set_config('timonel.erases', 'acme', true)")
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute("update ops.points_entries set points = 11 where points = 10")
    with psycopg.connect(two_ledgers) as admin:
        admin.execute("select set_config('timonel.erases', 'acme', true)")
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute("delete from ops.points_entries where company_id = 'bolt'")


OPERATIONS, CONNECTIONS, ACCOUNTS = 10_000, 8, 40


def work(url: str, seed: int) -> Counter[str]:
    """Operations of one connection; every fifth key is one that others use too."""
    random, done, mine = Random(seed), Counter[str](), list[Entry]()
    with connect(url, "orchestrator", autocommit=True) as database:
        for number in range(OPERATIONS // CONNECTIONS):
            shared = number % 5 == 0
            ref = f"all-{number}" if shared else f"{seed}-{number}"
            account = (
                f"b{(number if shared else random.randrange(ACCOUNTS)) % ACCOUNTS}"
            )
            chance = random.random()
            try:
                if mine and chance < 0.1:
                    entry = mine.pop(random.randrange(len(mine)))
                    reverse(database, "bolt", entry.entry_id, now=NOW, by="test")
                    done["reversed"] += 1
                elif shared or chance < 0.5:
                    mine.append(earn(database, "bolt", award(account, 10, ref)))
                    done["earned"] += 1
                else:
                    mine.append(redeem(database, "bolt", award(account, -15, ref)))
                    done["redeemed"] += 1
            except PointsRefused as refused:
                done[refused.code] += 1
    return done


def test_ten_thousand_operations_at_once_leave_no_balance_below_zero(url: str) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        done = sum(
            threads.map(work, [url] * CONNECTIONS, range(CONNECTIONS)), Counter[str]()
        )

    assert sum(done.values()) == OPERATIONS
    assert done["redeemed"] > 1_000
    assert done["too_little"] + done["in_debt"] > 100
    with connect(url, "orchestrator") as database:
        for account in balances(database, "bolt"):
            if not account.account_id.startswith("b"):
                continue
            entries = entries_of(database, "bolt", account.account_id)
            lots = lots_of(entries)
            running = 0
            for place, entry in enumerate(entries, start=1):
                running += entry.points
                assert (entry.entry_number, entry.balance_after) == (place, running)
                assert running >= 0 or entry.kind != "redeem"
            assert account.balance == running
            assert (
                running == sum(one.remaining for one in lots.lots.values()) - lots.debt
            )
        keys = database.execute(
            """select count(*) from ops.points_entries
            where company_id = 'bolt' and source_ref like 'all-%'"""
        ).fetchone()
    # Each shared key was asked for by up to eight and given once.
    assert keys is not None
    assert keys[0] <= OPERATIONS / CONNECTIONS / 5
