"""`timonel points`: the ledger of loyalty points of a company's accounts."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.console import Format, FormatOption, plain_errors, print_table
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect, open_database

if TYPE_CHECKING:
    import psycopg

    from orchestration.lib.activation.points.entries import Entry

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Loyalty points: earned, redeemed, taken back; a ledger that only grows.",
)

_Company = Annotated[str, typer.Option(help="Whose accounts.")]
_Account = Annotated[str, typer.Argument(help="The account.")]
_Ref = Annotated[
    str, typer.Option(help="What it is for, once per rule: month-2026-11-acme.")
]
_Points = Annotated[
    int | None, typer.Option(help="Default: those of points_rules, else the usual.")
]
_By = Annotated[str | None, typer.Option(help="Who asks. Default: the user.")]


@app.command()
def earn(
    account: _Account,
    company: _Company,
    rule: Annotated[
        str,
        typer.Option(
            help="usage_month, feature_adopted, referral, feedback, or of points_rules."
        ),
    ],
    ref: _Ref,
    points: _Points = None,
    expires_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first day without them (UTC)."),
    ] = None,
    by: _By = None,
    form: FormatOption = Format.table,
) -> None:
    """Give points for something, once: asked again, the same entry is shown."""
    from orchestration.lib.activation.points import ledger
    from orchestration.lib.activation.points.entries import Award
    from orchestration.lib.activation.points.rules import points_of, rules_of

    with _ledger(company) as database:
        rules = rules_of(database, company, "earn")
        award = Award(
            account_id=account,
            kind="earn",
            points=points_of(rules, rule, points),
            rule_id=rule,
            source_ref=ref,
            occurred_at=datetime.now(UTC),
            recorded_by=by or getpass.getuser(),
            expires_at=expires_on and expires_on.replace(tzinfo=UTC),
        )
        _print([ledger.earn(database, company, award)], form)


@app.command()
def redeem(
    account: _Account,
    company: _Company,
    reward: Annotated[
        str, typer.Option(help="credit, upgrade_month, course, or of points_rules.")
    ],
    ref: _Ref,
    points: _Points = None,
    by: _By = None,
    form: FormatOption = Format.table,
) -> None:
    """Spend points on a reward, first earned first; never more than there are."""
    from orchestration.lib.activation.points import ledger
    from orchestration.lib.activation.points.entries import Award
    from orchestration.lib.activation.points.rules import points_of, rules_of

    with _ledger(company) as database:
        rules = rules_of(database, company, "reward")
        award = Award(
            account_id=account,
            kind="redeem",
            points=-points_of(rules, reward, points),
            rule_id=reward,
            source_ref=ref,
            occurred_at=datetime.now(UTC),
            recorded_by=by or getpass.getuser(),
        )
        _print([ledger.redeem(database, company, award)], form)


@app.command()
def reverse(
    entry: Annotated[int, typer.Argument(help="The entry_id; `show` tells.")],
    company: _Company,
    by: _By = None,
    form: FormatOption = Format.table,
) -> None:
    """Take back what was earned, or give back what was redeemed; once.

    What was spent already is owed, and nothing is redeemed until it is earned again.
    """
    from orchestration.lib.activation.points import ledger

    with _ledger(company) as database:
        who = by or getpass.getuser()
        now = datetime.now(UTC)
        _print([ledger.reverse(database, company, entry, now=now, by=who)], form)


@app.command()
def expire(
    company: _Company,
    account: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    form: FormatOption = Format.table,
) -> None:
    """Let points expire whose time is over."""
    from orchestration.lib.activation.points import ledger

    with _ledger(company) as database:
        written = ledger.expire(database, company, datetime.now(UTC), account)
    _print(written, form, "Nothing expires.")


@app.command()
def show(
    company: _Company,
    account: Annotated[
        str | None, typer.Argument(help="Its entries. Default: every balance.")
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """Show what each account has, or every entry of one."""
    from orchestration.lib.activation.points.entries import entries_of
    from orchestration.lib.activation.points.ledger import balances

    with _ledger(company) as database:
        if account is not None:
            entries = entries_of(database, company, account)
            _print(entries, form, f"{account} has no points yet.")
            return
        rows = [asdict(one) for one in balances(database, company)]
    print_table(rows, form, "No points yet: timonel points earn --help")


@contextmanager
def _ledger(company: str) -> Iterator[psycopg.Connection]:
    """A connection on which each entry is a transaction of its own."""
    with plain_errors():
        url = open_database(Settings.from_environment())
        load_company(url, company)
        with connect(url, "orchestrator", autocommit=True) as database:
            yield database


def _print(entries: list[Entry], form: Format, nothing: str = "") -> None:
    rows = [asdict(entry) for entry in entries]
    if form is Format.table:
        rows = [
            {
                name: row[name]
                for name in (
                    *("entry_id", "account_id", "kind", "points", "balance_after"),
                    *("rule_id", "source_ref", "expires_at"),
                )
            }
            for row in rows
        ]
    print_table(rows, form, nothing)
