"""Which company-days have been computed from which inputs, and how it went."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg

from orchestration.lib.ingestion.landings import revisions
from orchestration.lib.ingestion.webhooks.reading import last_told
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.company_settings import load_settings
from orchestration.lib.tenancy.media_settings import load_media_settings
from orchestration.lib.warehouse.database import connect

__all__ = [
    "RecordedRun",
    "RunFailed",
    "has_succeeded",
    "input_version",
    "is_done",
    "recorded_run",
]

_STOPPED = "It was stopped before its end. The next run goes on where it stopped."
# How long a server that restarts is waited for.
_PATIENCE_SECONDS = 10.0
_POLL_SECONDS = 0.5


def input_version(
    url: str, company: Company, as_of_date: date, code_version: str
) -> str:
    """Fingerprint of all that decides a company's numbers at an as-of date."""
    with connect(url, "transformer") as database:
        files = database.execute(
            """select file_name, file_sha256 from raw_files.files
            where company_id = %s order by file_name""",
            (company.company_id,),
        ).fetchall()
    with connect(url, "orchestrator") as database:
        forgotten = database.execute(
            """select identifier_hash from ops.forgotten_people
            where company_id = %s order by identifier_hash""",
            (company.company_id,),
        ).fetchall()
    written = last_told(url, company.company_id)
    landed = (revisions(url, company.company_id), forgotten, written)
    settings = (
        load_settings(url, company.company_id),
        load_media_settings(url, company.company_id),
    )
    content = repr(
        (company, settings, as_of_date.isoformat(), code_version, files, landed)
    )
    return hashlib.sha256(content.encode()).hexdigest()


def is_done(url: str, company: Company, as_of_date: date, version: str) -> bool:
    """Whether the company's latest run had these inputs and nobody ran since.

    Runs of the Dagster daemon are not recorded here, but they leave their date with the
    customers; without any, with the mart of companies, which every run builds.
    """
    company_id = company.company_id
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select input_version, status from ops.runs
            where company_id = %s and status <> 'started'
            order by started_at desc limit 1""",
            (company_id,),
        ).fetchone()
        built = database.execute(
            """select as_of_date from ops.mart_builds
            where company_id = %s and mart = 'companies'""",
            (company_id,),
        ).fetchone()
    if row != (version, "succeeded"):
        return False
    with connect(url, "transformer") as database:
        dates = database.execute(
            """select distinct as_of_date from marts.customer_summaries
            where company_id = %(id)s""",
            {"id": company_id},
        ).fetchall()
        published = database.execute(
            """select max(as_of_date) from predictions.predictions_customer
            where company_id = %(id)s""",
            {"id": company_id},
        ).fetchone()
    if not dates:
        return built == (as_of_date,)
    # Predictions of a company that is told them weekly are older than its marts.
    return dates == [(as_of_date,)] and _is_at_most(published, as_of_date)


def _is_at_most(row: tuple[date | None] | None, as_of_date: date) -> bool:
    return row is None or row[0] is None or row[0] <= as_of_date


def has_succeeded(url: str, company_id: str) -> bool:
    """Whether the company ever had a run that went through."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select 1 from ops.runs
            where company_id = %s and status = 'succeeded' limit 1""",
            (company_id,),
        ).fetchone()
    return row is not None


class RunFailed(RuntimeError):
    """Work of a run failed; the message is why.

    ``dagster_run_id`` is the run of Dagster that failed first, ``failed_asset`` the key
    of what it could not make; None where Dagster has none.
    """

    def __init__(
        self,
        message: str,
        dagster_run_id: str | None = None,
        failed_asset: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(message)
        self.dagster_run_id = dagster_run_id
        self.failed_asset = failed_asset


@dataclass(frozen=True)
class RecordedRun:
    """A run under way, as its row of ``ops.runs`` tells it."""

    url: str
    company_id: str
    run_id: str

    def computes(self, version: str) -> None:
        """Say from which inputs, once they are known."""
        self._write(
            """update ops.runs set input_version = %s
            where company_id = %s and run_id = %s""",
            (version,),
        )

    def forget(self) -> None:
        """Delete the row: there was nothing to do, which is no news."""
        self._write("delete from ops.runs where company_id = %s and run_id = %s", ())

    def finish(
        self, status: str, message: str | None, failure: RunFailed | None = None
    ) -> None:
        """Say how and where it ended; of a run that was forgotten, nothing."""
        asset = failure.failed_asset if failure else None
        self._write(
            """update ops.runs set status = %s, message = %s, dagster_run_id = %s,
                failed_asset = %s, finished_at = %s
            where company_id = %s and run_id = %s""",
            (
                status,
                message,
                failure.dagster_run_id if failure else None,
                asset and list(asset),
                datetime.now(UTC),
            ),
        )

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        """Connect anew each time: a server may restart while a run takes its hours."""
        ends_at = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                with connect(self.url, "orchestrator") as database:
                    database.execute(
                        statement.encode(), (*values, self.company_id, self.run_id)
                    )
            except psycopg.OperationalError:
                if time.monotonic() >= ends_at:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return


@contextmanager
def recorded_run(
    url: str, company_id: str, as_of_date: date, version: str = ""
) -> Iterator[RecordedRun]:
    """Keep a row of ``ops.runs`` for the block; its error becomes the message.

    What is no `Exception` is somebody who stopped the run: nothing failed.
    """
    run = RecordedRun(url, company_id, uuid.uuid4().hex)
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.runs
                (company_id, run_id, as_of_date, input_version, status, started_at)
            values (%s, %s, %s, %s, 'started', %s)""",
            (company_id, run.run_id, as_of_date, version, datetime.now(UTC)),
        )
    try:
        yield run
    except BaseException as failure:
        is_stopped = not isinstance(failure, Exception)
        # A server that died under the run cannot take its obituary either.
        with suppress(psycopg.OperationalError):
            run.finish(
                "stopped" if is_stopped else "failed",
                _STOPPED if is_stopped else str(failure),
                failure if isinstance(failure, RunFailed) else None,
            )
        raise
    run.finish("succeeded", None)
