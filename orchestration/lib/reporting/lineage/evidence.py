"""What a company's number rests on now: values, model runs, raw tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.reporting.lineage.lineage import Lineage, Number
from orchestration.lib.tenancy.companies import reader_role
from orchestration.lib.warehouse.database import connect

__all__ = ["ModelRun", "RawRows", "model_runs", "parameters", "raw_rows", "values"]

_MOST_ROWS = 5


@dataclass(frozen=True)
class ModelRun:
    """The fit whose predictions are in force; ``data_hash`` names what it was fed."""

    kind: str
    fit_id: str
    model: str
    model_version: str
    as_of_date: date
    data_through_date: date | None
    data_hash: str
    fitted_at: datetime


@dataclass(frozen=True)
class RawRows:
    """Rows of one raw table, and the read that brought the newest of them (UTC)."""

    table: str
    row_count: int
    newest_at: datetime | None
    run_id: str | None
    read_id: int | None
    connection_id: str | None
    read_from: date | None
    read_to: date | None


def values(
    url: str, company_id: str, number: Number
) -> dict[str, list[dict[str, Any]]]:
    """Each metric's column as the company reads it, the first rows of its relation."""
    found = {}
    with connect(url, reader_role(company_id)) as database:
        for metric in number.metrics:
            rows = database.execute(
                sql.SQL("select {} from {} where company_id = %s limit %s").format(
                    sql.Identifier(metric.column),
                    sql.Identifier(metric.schema_name, metric.relation),
                ),
                (company_id, _MOST_ROWS),
            ).fetchall()
            found[metric.address] = [{metric.column: row[0]} for row in rows]
    return found


def model_runs(url: str, company_id: str, below: Lineage) -> list[ModelRun]:
    """The fits behind the predictions that the number reads."""
    with connect(url, "orchestrator") as database:
        return [
            run
            for kind, (query, tables) in _FITS.items()
            if set(tables) & set(below.predictions)
            for run in _runs(database, company_id, kind, query)
        ]


def parameters(url: str, company_id: str, run: ModelRun) -> dict[str, float]:
    """Fitted parameters of a run, by ``model.parameter``; a mix has its curves."""
    with connect(url, "orchestrator") as database:
        return dict(
            database.execute(
                """select model || '.' || parameter, value
                from predictions.model_parameters
                where company_id = %s and fit_id = %s order by 1""",
                (company_id, run.fit_id),
            ).fetchall()
        )


def raw_rows(url: str, company_id: str, below: Lineage) -> list[RawRows]:
    """Rows of the company in each raw table that has any."""
    with connect(url, "transformer") as database:
        found = [_raw(database, company_id, table) for table in sorted(below.raw)]
    return [each for each in found if each]


def _runs(
    database: psycopg.Connection, company_id: str, kind: str, query: str
) -> list[ModelRun]:
    with database.cursor(row_factory=class_row(ModelRun)) as cursor:
        return cursor.execute(
            query.encode(), {"company": company_id, "kind": kind}
        ).fetchall()


def _raw(database: psycopg.Connection, company_id: str, table: str) -> RawRows | None:
    with database.cursor(row_factory=class_row(RawRows)) as cursor:
        return cursor.execute(
            sql.SQL(_RAW).format(sql.Identifier(*table.split("."))),
            {"company": company_id, "table": table},
        ).fetchone()


_FITS = {
    "customer value": (
        """select %(kind)s as kind, fit_id, model, model_version, as_of_date,
            data_through_date, data_hash, fitted_at
        from predictions.model_fits
        where company_id = %(company)s and fit_id in (
            select fit_id from predictions.predictions_customer
            where company_id = %(company)s
        )""",
        (
            *("predictions.predictions_customer", "predictions.model_fits"),
            "predictions.model_parameters",
        ),
    ),
    "media mix": (
        """select %(kind)s as kind, fit_id, 'media mix' as model, model_version,
            as_of_date, data_through_date, data_hash, fitted_at
        from predictions.media_mix_fits
        where company_id = %(company)s and fit_id in (
            select fit_id from predictions.marketing_curves
            where company_id = %(company)s
        )""",
        (
            *("predictions.marketing_curves", "predictions.marketing_curve_points"),
            *("predictions.marketing_contributions", "predictions.budget_grid"),
            *("predictions.budget_scenarios", "predictions.budget_scenario_channels"),
            "predictions.media_mix_fits",
        ),
    ),
}
_RAW = """
    with newest as (
        select count(*) over () as row_count, _sdc_batched_at as newest_at,
            _sdc_run_id as run_id
        from {} where company_id = %(company)s
        order by _sdc_batched_at desc nulls last limit 1
    )
    select %(table)s as table, newest.*, reads.read_id, reads.connection_id,
        reads.read_from, reads.read_to
    from newest
    left join lateral (
        select read_id, connection_id, read_from, read_to
        from ops.connection_reads
        where company_id = %(company)s and run_id = newest.run_id
            and 'raw_' || source_slug = split_part(%(table)s, '.', 1)
        order by read_id desc limit 1
    ) as reads on true
"""
