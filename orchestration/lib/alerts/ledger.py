"""The rows an alert is: what is open, who was told, and who acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from orchestration.lib.alerts.errors import AlertUnknown
from orchestration.lib.alerts.lifecycle import Alert
from orchestration.lib.warehouse.database import connect

__all__ = ["acknowledge", "keep", "list_alerts", "open_alerts"]


def open_alerts(database: Connection, company_id: str) -> list[Alert]:
    """The alerts that are open, locked until the transaction ends."""
    cursor = database.cursor(row_factory=class_row(Alert))
    query = sql.SQL(
        """select {} from ops.alerts
        where company_id = %s and resolved_at is null order by alert_id for update"""
    ).format(sql.SQL(", ").join(map(sql.Identifier, _STATE)))
    return cursor.execute(query, (company_id,)).fetchall()


def keep(
    database: Connection, company_id: str, alert: Alert, told: Mapping[str, Any]
) -> int:
    """Store an alert as it is now; its number.

    Parameters
    ----------
    told
        Its words, links, facts and start, while its condition holds; left out, they
        stay as they were.
    """
    values: dict[str, Any] = {
        name: getattr(alert, name) for name in _STATE if name != "alert_id"
    }
    values |= told
    if "facts" in told:
        values["facts"] = Jsonb(told["facts"])
    values["company_id"] = company_id
    if alert.alert_id is None:
        rows = database.execute(_insertion(list(values)), values).fetchall()
        return int(rows[0][0])
    # Since when it holds is what was seen first.
    changed = [name for name in values if name not in ("company_id", "since")]
    database.execute(_change(changed), values | {"alert_id": alert.alert_id})
    return alert.alert_id


def _insertion(names: list[str]) -> sql.Composed:
    return sql.SQL("insert into ops.alerts ({}) values ({}) returning alert_id").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )


def _change(names: list[str]) -> sql.Composed:
    return sql.SQL(
        "update ops.alerts set {} where company_id = {} and alert_id = {}"
    ).format(
        sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
            for name in names
        ),
        sql.Placeholder("company_id"),
        sql.Placeholder("alert_id"),
    )


def acknowledge(
    url: str, company_id: str, alert_ids: Iterable[int], by: str, now: datetime
) -> None:
    """Somebody looks after these alerts: they are not told again.

    Raises
    ------
    AlertUnknown
        One of them is not open; none was changed.
    """
    with connect(url, "orchestrator") as database:
        for alert_id in alert_ids:
            found = database.execute(
                """update ops.alerts set
                    acknowledged_at = coalesce(acknowledged_at, %s),
                    acknowledged_by = coalesce(acknowledged_by, %s)
                where company_id = %s and alert_id = %s and resolved_at is null""",
                (now, by, company_id, alert_id),
            )
            if not found.rowcount:
                raise AlertUnknown(
                    f"{company_id} has no open alert {alert_id}. See: timonel alerts "
                    f"list --company {company_id}"
                )
            database.execute(
                """update ops.alert_deliveries set state = 'cancelled'
                where company_id = %s and alert_id = %s and state = 'pending'""",
                (company_id, alert_id),
            )


def list_alerts(
    url: str, company_id: str, *, is_open: bool = True
) -> list[dict[str, Any]]:
    """The alerts that are open, or the last hundred, newest first, with deliveries.

    ``deliveries`` says of each channel how far its last message came.
    """
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=dict_row)
        return cursor.execute(
            """select alerts.*, (
                select string_agg(
                    channel_id || ': ' || purpose || ' ' || state, ', '
                    order by delivery_id
                )
                from ops.alert_deliveries as deliveries
                where deliveries.company_id = alerts.company_id
                    and deliveries.alert_id = alerts.alert_id
            ) as deliveries
            from ops.alerts as alerts
            where company_id = %s and (resolved_at is null or not %s)
            order by alert_id desc limit 100""",
            (company_id, is_open),
        ).fetchall()


_STATE = [field.name for field in fields(Alert)]
