"""What is remembered of a push, so that a killed one goes on and none is done twice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from orchestration.lib.activation.audiences.membership import Audience
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Outcome",
    "Push",
    "begin",
    "close",
    "count_outcomes",
    "keep_batch",
    "keep_list",
    "list_pushes",
    "pending",
    "push_lock",
    "refusals",
]


@dataclass(frozen=True)
class Push:
    """One audience at one place. Counts are of customers.

    ``list_id`` is the list's at the place, as soon as it is there. ``state`` is
    ``running`` also of one that was killed. ``reason`` says why it stopped.
    ``pushed_count`` were put on the list, of whom ``taken_back_count`` are off again.
    """

    company_id: str
    push_id: uuid.UUID
    audience_id: uuid.UUID
    audience_name: str
    destination: str
    list_name: str
    list_id: str | None
    state: str
    reason: str | None
    pushed_count: int
    refused_count: int
    withdrawn_count: int
    unreachable_count: int
    taken_back_count: int
    started_at: datetime
    finished_at: datetime | None
    pushed_by: str


@dataclass(frozen=True)
class Outcome:
    """What became of one customer: pushed, refused, withdrawn or unreachable.

    One who was pushed and later withdrew is taken_back.
    """

    customer_id: str
    outcome: str
    reason: str | None = None


def begin(
    url: str, audience: Audience, destination: str, list_name: str, pushed_by: str
) -> Push:
    """The push of this audience to this place: the one there is, or a new one."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.audience_pushes (company_id, audience_id, destination,
                list_name, pushed_by)
            values (%s, %s, %s, %s, %s)
            on conflict (company_id, audience_id, destination) do update
                set state = 'running', reason = null
                where audience_pushes.state <> 'done'""",
            (
                *(audience.company_id, audience.audience_id, destination),
                *(list_name, pushed_by),
            ),
        )
    found = list_pushes(url, audience.company_id)
    (push,) = [
        each
        for each in found
        if (each.audience_id, each.destination) == (audience.audience_id, destination)
    ]
    return push


def list_pushes(url: str, company_id: str) -> list[Push]:
    """The pushes of a company, the newest first."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Push))
        return cursor.execute(
            """select pushes.company_id, pushes.push_id, pushes.audience_id,
                audiences.name as audience_name, pushes.destination,
                pushes.list_name, pushes.list_id, pushes.state, pushes.reason,
                pushes.pushed_count, pushes.refused_count, pushes.withdrawn_count,
                pushes.unreachable_count, pushes.taken_back_count,
                pushes.started_at, pushes.finished_at, pushes.pushed_by
            from ops.audience_pushes as pushes
            inner join ops.audiences as audiences using (company_id, audience_id)
            where pushes.company_id = %s
            order by pushes.started_at desc, pushes.push_id""",
            (company_id,),
        ).fetchall()


def refusals(url: str, push: Push) -> dict[str, int]:
    """How many customers the place refused, by its reason, the most frequent first."""
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            """select reason, sum(refused_count)::integer from (
                select coalesce(reason, '') as reason, count(*) as refused_count
                from ops.audience_push_members
                where company_id = %(company)s and push_id = %(push)s
                    and outcome = 'refused'
                group by 1
                union all
                select reason, refused_count from ops.audience_push_refusals
                where company_id = %(company)s and push_id = %(push)s
            ) as told group by reason order by 2 desc, 1""",
            {"company": push.company_id, "push": push.push_id},
        ).fetchall()
    return dict(rows)


def pending(url: str, push: Push) -> list[str]:
    """Members to write to that the place was not given yet, the most valuable first.

    Who could not be written to the last time may be able to now.
    """
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            """select members.customer_id from ops.audience_members as members
            left join ops.audience_push_members as done
                on done.company_id = members.company_id
                and done.customer_id = members.customer_id
                and done.push_id = %(push)s
                and done.outcome in ('pushed', 'refused')
            where members.company_id = %(company)s
                and members.audience_id = %(audience)s
                and not members.is_held_back and done.customer_id is null
            order by members.predicted_value_12m desc nulls last,
                members.customer_id""",
            {
                "company": push.company_id,
                "audience": push.audience_id,
                "push": push.push_id,
            },
        ).fetchall()
    return [customer_id for (customer_id,) in rows]


def push_lock(audience: Audience | Push, destination: str) -> str:
    """The name of the lock of whoever writes to the list of this push."""
    return f"push {audience.company_id} {audience.audience_id} {destination}"


def keep_list(url: str, push: Push, list_id: str) -> None:
    """Remember the list before anybody is put on it."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.audience_pushes set list_id = %s
            where company_id = %s and push_id = %s""",
            (list_id, push.company_id, push.push_id),
        )


def keep_batch(
    url: str, push: Push, outcomes: Sequence[Outcome], unnamed: Mapping[str, int]
) -> None:
    """Remember what became of some customers, in one transaction.

    From the first that is pushed on, the audience counts as given out.

    Parameters
    ----------
    unnamed
        Refusals of these same customers whose names the place keeps, by reason: they
        are among those told as pushed.
    """
    with connect(url, "orchestrator") as database, database.cursor() as cursor:
        cursor.executemany(
            """insert into ops.audience_push_members (company_id, push_id,
                customer_id, outcome, reason)
            values (%s, %s, %s, %s, %s)
            on conflict (company_id, push_id, customer_id) do update
                set outcome = excluded.outcome, reason = excluded.reason
                -- Once pushed and taken back, it stays so until pushed again.
                where audience_push_members.outcome <> 'taken_back'
                    or excluded.outcome = 'pushed'""",
            [
                (push.company_id, push.push_id, o.customer_id, o.outcome, o.reason)
                for o in outcomes
            ],
        )
        cursor.executemany(
            """insert into ops.audience_push_refusals as told
                (company_id, push_id, reason, refused_count)
            values (%s, %s, %s, %s)
            on conflict (company_id, push_id, reason) do update
                set refused_count = told.refused_count + excluded.refused_count""",
            [
                (push.company_id, push.push_id, reason, count)
                for reason, count in unnamed.items()
            ],
        )
        count_outcomes(database, push)
        _note_as_export(database, push)


def close(url: str, push: Push, state: str, reason: str | None = None) -> Push:
    """Say how it ended; the push as it is then."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.audience_pushes set state = %s, reason = %s,
                finished_at = now()
            where company_id = %s and push_id = %s""",
            (state, reason, push.company_id, push.push_id),
        )
    found = list_pushes(url, push.company_id)
    return next(each for each in found if each.push_id == push.push_id)


def count_outcomes(database: psycopg.Connection, push: Push) -> None:
    """Bring the counts of a push to what became of each of its members."""
    database.execute(
        """update ops.audience_pushes as pushes set
            pushed_count = named.pushed - unnamed.refused,
            refused_count = named.refused + unnamed.refused,
            withdrawn_count = named.withdrawn,
            unreachable_count = named.unreachable,
            taken_back_count = named.taken_back
        from (
            select count(*) filter (where outcome in ('pushed', 'taken_back'))
                    as pushed,
                count(*) filter (where outcome = 'taken_back') as taken_back,
                count(*) filter (where outcome = 'refused') as refused,
                count(*) filter (where outcome = 'withdrawn') as withdrawn,
                count(*) filter (where outcome = 'unreachable') as unreachable
            from ops.audience_push_members
            where company_id = %(company)s and push_id = %(push)s
        ) as named, (
            select coalesce(sum(refused_count), 0) as refused
            from ops.audience_push_refusals
            where company_id = %(company)s and push_id = %(push)s
        ) as unnamed
        where pushes.company_id = %(company)s and pushes.push_id = %(push)s""",
        {"company": push.company_id, "push": push.push_id},
    )


def _note_as_export(database: psycopg.Connection, push: Push) -> None:
    key = {"company": push.company_id, "push": push.push_id}
    updated = database.execute(
        """update ops.audience_exports as exports set
            row_count = pushes.pushed_count,
            withdrawn_count = pushes.withdrawn_count,
            unreachable_count = pushes.unreachable_count
        from ops.audience_pushes as pushes
        where pushes.company_id = %(company)s and pushes.push_id = %(push)s
            and exports.company_id = pushes.company_id
            and exports.export_id = pushes.export_id""",
        key,
    )
    if updated.rowcount:
        return
    database.execute(
        """with noted as (
            insert into ops.audience_exports (company_id, audience_id, destination,
                is_holdout, row_count, withdrawn_count, unreachable_count, exported_by)
            select company_id, audience_id, destination, false, pushed_count,
                withdrawn_count, unreachable_count, pushed_by
            from ops.audience_pushes
            where company_id = %(company)s and push_id = %(push)s and pushed_count > 0
            returning export_id
        )
        update ops.audience_pushes set export_id = noted.export_id from noted
        where company_id = %(company)s and push_id = %(push)s""",
        key,
    )
