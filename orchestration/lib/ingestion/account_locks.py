"""Who may read an account at the same time: companies that share one take turns.

Sources count calls per account and per credential, whoever makes them. Runs are limited
per company, which does not help two companies with the same account; so a read holds
advisory locks named after what it uses, which a killed process cannot leave behind.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from orchestration.lib.connections.sources import Source

__all__ = ["PATIENCE_SECONDS", "TurnMissed", "account_turn", "accounts"]

#: After which a read gives way: it would keep its run's place, and that of its company,
#: while the next tick, or the next run, asks again anyway.
PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.5
# Settings of taps that name what is read, and secrets that name who asks.
_ACCOUNTS = ("shop", "account_ids", "customer_ids", "site_urls")
_CREDENTIALS = ("service_account", "refresh_token", "access_token", "api_key")


class TurnMissed(RuntimeError):
    """The account was read by others all the time; the message says what to do."""


def accounts(source: Source, config: Mapping[str, Any]) -> dict[str, str]:
    """What a tap with this configuration uses: its words, by the name of a lock.

    A credential is named by its hash. That of a source whose tokens rotate is of one
    account only, and changes: the account itself is enough.
    """
    found = {}
    for setting in _ACCOUNTS:
        value = config.get(setting) or ()
        for account in [value] if isinstance(value, str) else value:
            plain = str(account).lower().removeprefix("act_").replace("-", "")
            plain = plain.removesuffix(".myshopify.com")
            found[f"{source.slug} account {plain}"] = f"{source.title} {account}"
    rotates = source.oauth is not None and source.oauth.is_rotating
    credential = next((config[key] for key in _CREDENTIALS if config.get(key)), None)
    if credential is not None and not rotates:
        digest = hashlib.sha256(str(credential).encode()).hexdigest()
        found[f"{source.slug} credential {digest}"] = f"the access to {source.title}"
    return found


@contextmanager
def account_turn(
    url: str,
    used: Mapping[str, str],
    limit: int,
    say: Callable[[str], None],
    patience_seconds: float = PATIENCE_SECONDS,
) -> Iterator[None]:
    """Hold a place at everything that is used, waiting for one if need be.

    Parameters
    ----------
    used
        From `accounts`.
    limit
        How many may read the same at once.
    say
        Is told when there is something to wait for.

    Raises
    ------
    TurnMissed
    """
    with psycopg.connect(url, autocommit=True) as holder:
        # In one order for all: nobody waits for somebody who waits for him.
        for name in sorted(used):
            _take(holder, (name, used[name]), limit, say, patience_seconds)
        yield


def _take(
    holder: psycopg.Connection,
    place: tuple[str, str],
    limit: int,
    say: Callable[[str], None],
    patience_seconds: float,
) -> None:
    name, words = place
    ends_at = time.monotonic() + patience_seconds
    is_told = False
    while not any(_try(holder, f"{name} {seat}") for seat in range(limit)):
        if not is_told:
            say(f"{words} is being read for another company: waiting for our turn")
            is_told = True
        if time.monotonic() >= ends_at:
            raise TurnMissed(
                f"{words} was being read for another company for "
                f"{patience_seconds:.0f} seconds. What is new comes with the next run, "
                "which Dagster's schedules ask for by themselves. If several may read "
                "it at once, say how many: TIMONEL_READERS_PER_ACCOUNT."
            )
        time.sleep(_POLL_SECONDS)


def _try(holder: psycopg.Connection, name: str) -> bool:
    row = holder.execute(
        "select pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)
    ).fetchone()
    return row == (True,)
