"""Who is on a list at a place as far as is known here, and who is off it again."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.lib.activation.audiences.push_records import Push, count_outcomes
from orchestration.lib.warehouse.database import connect

__all__ = ["keep_withdrawn", "pushed_customers"]


def pushed_customers(url: str, push: Push) -> list[str]:
    """Who was put on the list and not taken off."""
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            """select customer_id from ops.audience_push_members
            where company_id = %s and push_id = %s and outcome = 'pushed'
            order by customer_id""",
            (push.company_id, push.push_id),
        ).fetchall()
    return [customer_id for (customer_id,) in rows]


def keep_withdrawn(
    url: str, push: Push, customer_ids: Sequence[str], asked_by: str
) -> None:
    """Remember who is off the list again, in one transaction."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.audience_push_members set outcome = 'taken_back'
            where company_id = %s and push_id = %s and outcome = 'pushed'
                and customer_id = any(%s)""",
            (push.company_id, push.push_id, list(customer_ids)),
        )
        database.execute(
            """update ops.audience_pushes
            set taken_back_at = now(), taken_back_by = %s
            where company_id = %s and push_id = %s""",
            (asked_by, push.company_id, push.push_id),
        )
        count_outcomes(database, push)
