"""Try a connection: its tap says what it can see."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.lib.connections.connection_states import record_check, record_failure
from orchestration.lib.connections.connections import Connection
from orchestration.lib.connections.sources import source
from orchestration.lib.connections.tokens import secrets_for_tap
from orchestration.lib.core.nameless_files import nameless_file
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.ingestion import secret_values, tap_config
from orchestration.lib.ingestion.sandbox import refuse_stopped_sandbox
from orchestration.lib.ingestion.singer import PipelineFailed, complaint, redacted
from orchestration.lib.tenancy.companies import Company

__all__ = ["CheckFailed", "check_connection", "disagreements"]

_PATIENCE_SECONDS = 300
_RATES = (
    "the European Central Bank (timonel connect ecb-rates) or of a file "
    "(date,from_currency,to_currency,rate)"
)
# Sources with days of their own, and whose they are. Search Console's are always
# those of the Pacific, wherever the site is.
_DAYS_OF = {"shopify": "shop", "meta_ads": "ad account", "google_ads": "customer"}


class CheckFailed(RuntimeError):
    """The source cannot be read; the message is what its tap said."""


def check_connection(
    url: str, settings: Settings, company: Company, connection: Connection
) -> dict[str, Any]:
    """Ask the tap what it can see, and keep the answer as the connection's state.

    Returns
    -------
    dict
        ``account``, ``currency_code``, ``time_zone``, ``scopes``, ``history_from``,
        ``api_version``, ``warnings``.

    Raises
    ------
    CheckFailed
        The state is then failing.
    """
    try:
        refuse_stopped_sandbox(connection)
        secrets = secrets_for_tap(url, settings, connection)
        result = _ask(connection, tap_config(company, connection, secrets), secrets)
    except (CheckFailed, PipelineFailed) as failure:
        record_failure(url, connection, str(failure))
        raise CheckFailed(str(failure)) from None
    result["warnings"] = [
        *(result.get("warnings") or []),
        *disagreements(company, connection, result),
    ]
    record_check(url, connection, result)
    return result


def disagreements(
    company: Company, connection: Connection, seen: Mapping[str, Any]
) -> Iterator[str]:
    """Where the source and the company's own settings do not fit together.

    Parameters
    ----------
    seen
        What the tap answered; of several accounts, ``currency_codes`` and
        ``time_zones`` hold all there are.
    """
    currencies = seen.get("currency_codes") or [seen.get("currency_code")]
    for currency in currencies:
        if currency in {None, company.currency_code}:
            continue
        kept = (
            f"It is kept in {currency} and {company.company_id} reports in "
            f"{company.currency_code}."
        )
        if connection.source_slug == "shopify":
            yield (
                f"{kept} Its orders are converted by the rates of {_RATES}, and "
                "counted nowhere on days without one; without any, add a company with "
                f"--currency {currency} for it."
            )
        else:
            yield (
                f"{kept} Its amounts are converted by the rates of {_RATES}, and "
                "counted nowhere on days without one."
            )
    whose = _DAYS_OF.get(connection.source_slug)
    for zone in seen.get("time_zones") or [seen.get("time_zone")]:
        if whose is None or zone in {None, company.time_zone}:
            continue
        yield (
            f"The {whose}'s days are those of {zone}, {company.company_id}'s those of "
            f"{company.time_zone}: totals per day will differ from the {whose}'s own."
        )


def _ask(
    connection: Connection, config: dict[str, Any], secrets: dict[str, Any]
) -> dict[str, Any]:
    read = source(connection.source_slug)
    program = [sys.executable, "-m", read.tap_module, *read.tap_arguments]
    with nameless_file(config) as file:
        try:
            done = subprocess.run(
                [*program, "--config", file.path, "--check"],
                pass_fds=[file.descriptor],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise CheckFailed(
                f"{connection.label}: no answer within {_PATIENCE_SECONDS // 60} "
                "minutes. Try again later."
            ) from None
    if done.returncode:
        said = redacted(done.stderr, secret_values(secrets)).strip().splitlines()
        raise CheckFailed(
            f"{connection.label}: {complaint(read.tap_module, said[-12:])}"
        )
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
