"""Pushing an audience to a place: allowed first, asked for consent last, done once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.lib.activation.audiences.batches import parts, sorted_out
from orchestration.lib.activation.audiences.contacts import Member, members_now
from orchestration.lib.activation.audiences.destination_programs import (
    PlaceFailed,
    PlaceProgram,
    place_program,
)
from orchestration.lib.activation.audiences.destinations import (
    Destination,
    configuration,
    load_destination,
    place,
    switched_on,
)
from orchestration.lib.activation.audiences.layouts import LAYOUTS
from orchestration.lib.activation.audiences.membership import Audience, load_audience
from orchestration.lib.activation.audiences.push_records import (
    Outcome,
    Push,
    begin,
    close,
    keep_batch,
    keep_list,
    list_pushes,
    pending,
    push_lock,
)
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.singer import Log
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import connect, one_at_a_time

__all__ = [
    "Preview",
    "PushRefused",
    "PushRequest",
    "Pushed",
    "preview_push",
    "push_audience",
]


class PushRefused(PlainError, ValueError):
    """There is nobody to push; the message says why."""


@dataclass(frozen=True)
class PushRequest:
    """An audience, by its name, and the place it is pushed to."""

    company_id: str
    name: str
    destination: str
    pushed_by: str


@dataclass(frozen=True)
class Pushed:
    """A push that is over; ``is_new`` is False if it already was before."""

    push: Push
    is_new: bool


@dataclass(frozen=True)
class Preview:
    """What a push would do now: customers by what would become of them.

    ``given_count`` customers were given to the place before.
    """

    audience: Audience
    would_push_count: int
    withdrawn_count: int
    unreachable_count: int
    given_count: int
    is_switched_on: bool


@dataclass(frozen=True)
class _Batch:
    """Some members, with the rows of those who are given, in the place's layout."""

    members: list[Member]
    rows: list[dict[str, str]]
    left_out: list[Outcome]


def preview_push(url: str, request: PushRequest) -> Preview:
    """What pushing would do; nothing is written, here or there.

    Raises
    ------
    UnknownAudience, DestinationRefused
    """
    place(request.destination)
    audience = load_audience(url, request.company_id, request.name)
    found = load_destination(url, request.company_id, request.destination)
    pushes = [
        each
        for each in list_pushes(url, request.company_id)
        if (each.audience_id, each.destination)
        == (audience.audience_id, request.destination)
    ]
    if pushes and pushes[0].state == "done":
        waiting: list[str] = []
    elif pushes:
        waiting = pending(url, pushes[0])
    else:
        waiting = [each.customer_id for each in _everybody(url, audience)]
    batch = _consenting(url, audience, request.destination, waiting)
    left_out = Counter(each.outcome for each in batch.left_out)
    return Preview(
        audience,
        len(batch.rows),
        left_out["withdrawn"],
        left_out["unreachable"],
        audience.contacted_count - len(waiting),
        found is not None and found.is_switched_on,
    )


def push_audience(
    url: str, settings: Settings, request: PushRequest, log: Log
) -> Pushed:
    """Put the members to write to on a list at a place; who is kept back never is.

    Consent is asked for once more just before each part is given. What was given is
    remembered part by part: killed and started again, it goes on there. An audience
    is pushed to a place once; asked for again, nothing is written.

    Raises
    ------
    UnknownAudience, DestinationRefused, NotSwitchedOn, SecretsUnreadable
    PushRefused
        Nobody is left who may be written to, and can be there.
    PlaceFailed
        The place refuses all of it, or does not answer; what it took is kept.
    """
    destination = switched_on(url, request.company_id, request.destination)
    audience = load_audience(url, request.company_id, request.name)
    lock = push_lock(audience, request.destination)
    with company_held(url, request.company_id), one_at_a_time(url, lock):
        push = begin(
            url,
            audience,
            request.destination,
            _list_name(audience, request.destination),
            request.pushed_by,
        )
        if push.state == "done":
            return Pushed(push, is_new=False)
        try:
            config, secrets = configuration(url, settings, destination)
            with place_program(config, secrets, log) as program:
                _Pushing(url, destination, audience, push, log).run(program)
        except PlainError as failure:
            close(url, push, "failed", str(failure))
            raise _with_remedy(failure, request) from None
        return Pushed(_finished(url, push, request), is_new=True)


class _Pushing:
    """One run of a push."""

    def __init__(
        self,
        url: str,
        destination: Destination,
        audience: Audience,
        push: Push,
        log: Log,
    ) -> None:
        self._url = url
        self._destination = destination
        self._audience = audience
        self._push = push
        self._log = log
        self._list_id = push.list_id

    def run(self, program: PlaceProgram) -> None:
        """Give what is not given yet, a part at a time."""
        waiting = pending(self._url, self._push)
        portions = list(parts(waiting, self._destination.batch_size))
        for number, part in enumerate(portions, 1):
            batch = _consenting(self._url, self._audience, self._push.destination, part)
            refused, unnamed = self._give(program, batch, number, len(portions))
            outcomes = [
                Outcome(
                    member.customer_id,
                    "refused" if place_ in refused else "pushed",
                    refused.get(place_),
                )
                for place_, member in enumerate(batch.members)
            ]
            keep_batch(self._url, self._push, [*outcomes, *batch.left_out], unnamed)
            done = min(number * self._destination.batch_size, len(waiting))
            title = self._destination.place.title
            self._log(f"{done:,} of {len(waiting):,} customers given to {title}")

    def _give(
        self, program: PlaceProgram, batch: _Batch, number: int, count: int
    ) -> tuple[dict[int, str], Counter[str]]:
        """Reasons by row of those refused, and counts by reason of unnamed ones."""
        if not batch.rows:
            return {}, Counter()
        if self._list_id is None:
            self._list_id = str(
                program.ask("open", name=self._push.list_name)["list_id"]
            )
            keep_list(self._url, self._push, self._list_id)
        told = program.ask(
            "add",
            list_id=self._list_id,
            rows=batch.rows,
            batch={
                "number": number,
                "is_last": number == count,
                "total": self._audience.contacted_count,
            },
        )
        return sorted_out(told["refused"])


def _consenting(
    url: str, audience: Audience, destination: str, among: Sequence[str]
) -> _Batch:
    """Who may be written to and can be there, of these members, at this moment."""
    layout = LAYOUTS[destination]
    given: list[Member] = []
    rows: list[dict[str, str]] = []
    left_out: list[Outcome] = []
    # The only role that may read where personal data lie writes nothing here.
    with connect(url, "transformer") as database:
        found = members_now(database, audience, is_held_back=False, among=among)
    for member in found:
        row = layout.row(member.contact) if member.has_consent else None
        if row is not None:
            given.append(member)
            rows.append(dict(zip(layout.columns, row, strict=True)))
            continue
        why = "unreachable" if member.has_consent else "withdrawn"
        left_out.append(Outcome(member.customer_id, why))
    return _Batch(given, rows, left_out)


def _everybody(url: str, audience: Audience) -> list[Member]:
    with connect(url, "transformer") as database:
        return members_now(database, audience, is_held_back=False)


def _list_name(audience: Audience, destination: str) -> str:
    """Ours at first sight and of no other audience: by it a list is found again."""
    mark = audience.audience_id.hex[:8]
    if destination != "shopify":
        return f"{audience.name} (timonel {mark})"
    # A tag has at most 40 characters, and commas separate tags.
    plain = "".join(c if c.isalnum() else "-" for c in audience.name.lower())
    return f"timonel-{plain[:22].strip('-')}-{mark}"


def _finished(url: str, push: Push, request: PushRequest) -> Push:
    counted = next(
        each
        for each in list_pushes(url, push.company_id)
        if each.push_id == push.push_id
    )
    if counted.pushed_count + counted.refused_count:
        return close(url, push, "done")
    reason = (
        f"Nobody of {request.name!r} can be pushed to {request.destination}: "
        f"{counted.withdrawn_count} took their consent back, "
        f"{counted.unreachable_count} have no address it reads. Nothing was written."
    )
    close(url, push, "failed", reason)
    raise PushRefused(reason)


def _with_remedy(failure: PlainError, request: PushRequest) -> PlainError:
    if not isinstance(failure, PlaceFailed):
        return failure
    return PlaceFailed(
        f"{failure} What it took is remembered; go on with: timonel audience push "
        f'--company {request.company_id} --name "{request.name}" '
        f"--to {request.destination}"
    )
