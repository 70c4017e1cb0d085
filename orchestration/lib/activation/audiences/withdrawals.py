"""Taking back who was pushed and has since taken consent back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestration.lib.activation.audiences.batches import parts, sorted_out
from orchestration.lib.activation.audiences.contacts import Member, members_now
from orchestration.lib.activation.audiences.destination_programs import (
    PlaceProgram,
    place_program,
)
from orchestration.lib.activation.audiences.destinations import (
    configuration,
    switched_on,
)
from orchestration.lib.activation.audiences.layouts import LAYOUTS
from orchestration.lib.activation.audiences.membership import load_audience
from orchestration.lib.activation.audiences.push_records import (
    Push,
    list_pushes,
    push_lock,
)
from orchestration.lib.activation.audiences.pushed_members import (
    keep_withdrawn,
    pushed_customers,
)
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.singer import Log
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import connect, one_at_a_time

__all__ = [
    "NothingPushed",
    "TakenBack",
    "WithdrawRequest",
    "to_take_back",
    "withdraw_members",
]


class NothingPushed(PlainError, LookupError):
    """No push is meant; the message says how to find one."""


@dataclass(frozen=True)
class WithdrawRequest:
    """Whose pushed members are looked at again; None stands for all."""

    company_id: str
    asked_by: str
    name: str | None = None
    destination: str | None = None


@dataclass(frozen=True)
class TakenBack:
    """What was done about one push.

    ``unknown_count`` withdrew consent, too, but no source tells any more how the place
    knows them: they are on its list until somebody takes them off there. ``refused``
    counts whom the place did not take off, by its reason.
    """

    push: Push
    taken_back_count: int
    unknown_count: int
    refused: Counter[str]


def to_take_back(url: str, push: Push) -> list[Member]:
    """Members on the list at the place who do not consent at this moment."""
    pushed = pushed_customers(url, push)
    audience = load_audience(url, push.company_id, push.audience_name)
    # The only role that may read where personal data lie writes nothing here.
    with connect(url, "transformer") as database:
        found = members_now(database, audience, is_held_back=False, among=pushed)
    return [member for member in found if not member.has_consent]


def withdraw_members(
    url: str, settings: Settings, request: WithdrawRequest, log: Log
) -> list[TakenBack]:
    """Take who withdrew consent off the lists they were pushed to.

    What was taken back is remembered part by part; done again, nobody is left and
    nothing is written. The audience's comparison does not change: everybody who was
    meant counts.

    Raises
    ------
    NothingPushed, NotSwitchedOn, PlaceFailed
    """
    pushes = [
        each
        for each in list_pushes(url, request.company_id)
        if each.list_id is not None
        and request.name in {None, each.audience_name}
        and request.destination in {None, each.destination}
    ]
    if not pushes:
        raise NothingPushed(
            f"Nothing of that was pushed for {request.company_id}. What was: "
            f"timonel audience pushes --company {request.company_id}"
        )
    with company_held(url, request.company_id):
        return [_taken_back(url, settings, each, request, log) for each in pushes]


def _taken_back(
    url: str, settings: Settings, push: Push, request: WithdrawRequest, log: Log
) -> TakenBack:
    with one_at_a_time(url, push_lock(push, push.destination)):
        waiting = {each.customer_id: each for each in to_take_back(url, push)}
        rows = {
            id_: row
            for id_, member in waiting.items()
            if (row := _known_as(push.destination, member)) is not None
        }
        done, refused = 0, Counter[str]()
        if rows:
            destination = switched_on(url, push.company_id, push.destination)
            config, secrets = configuration(url, settings, destination)
            with place_program(config, secrets, log) as program:
                for part in parts(list(rows), destination.batch_size):
                    gone, why = _off(program, push, part, [rows[id_] for id_ in part])
                    keep_withdrawn(url, push, gone, request.asked_by)
                    done, refused = done + len(gone), refused + why
        return TakenBack(push, done, len(waiting) - len(rows), refused)


def _off(
    program: PlaceProgram,
    push: Push,
    part: Sequence[str],
    rows: Sequence[dict[str, str]],
) -> tuple[list[str], Counter[str]]:
    """Who of a part is off the list now, and why the others are not."""
    told = program.ask("remove", list_id=push.list_id, rows=list(rows))
    named, unnamed = sorted_out(told["refused"])
    gone = [id_ for place, id_ in enumerate(part) if place not in named]
    return gone, Counter(named.values()) + unnamed


def _known_as(destination: str, member: Member) -> dict[str, str] | None:
    """A member as the place knows them: by the address; by the number without one.

    A refusal to be written to on a number is no reason to stay on a list by it.
    """
    layout = LAYOUTS[destination]
    contact = replace(member.contact, is_phone_open=member.email is None)
    row = layout.identity(contact) if layout.identity else layout.row(contact)
    return None if row is None else dict(zip(layout.columns, row, strict=True))
