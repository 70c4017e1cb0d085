"""Which deliveries are expected: one address per connection, its secrets sealed."""

from __future__ import annotations

import re
import secrets as random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from orchestration.lib.connections.connection_secrets import sealing, webhook_secret
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.secrets import SecretsUnreadable
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.mail_signatures import sendgrid_key
from orchestration.lib.ingestion.webhooks.signatures import SENDERS, Sender
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Hook",
    "HookBroken",
    "HookStatus",
    "add_hook",
    "count_refusals",
    "hook_statuses",
    "load_hooks",
    "remove_hook",
]

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_ADDRESS_BYTES = 16


class HookBroken(PlainError, ValueError):
    """A webhook cannot be like this; the message says how it can."""


@dataclass(frozen=True)
class Hook:
    """Where one sender delivers for one company.

    ``key`` is the part of the address that nobody can guess; ``secret`` is what the
    sender signs with; ``verify_token`` is what WhatsApp shows when it asks whether the
    address is ours. All three are secrets.
    """

    company_id: str
    connection_id: str
    sender: Sender
    key: str = field(repr=False)
    secret: str = field(repr=False, default="")
    verify_token: str = field(repr=False, default="")

    @property
    def path(self) -> str:
        """The address below that of the receiver."""
        return f"/hooks/{self.company_id}/{self.connection_id}/{self.key}"


@dataclass(frozen=True)
class HookStatus:
    """What came to an address: deliveries kept (30 days) and refusals, with reasons."""

    company_id: str
    connection_id: str
    sender: str
    delivery_count: int
    last_received_at: datetime | None
    refusal_count: int
    refusals: str


def add_hook(
    url: str, settings: Settings, hook: Hook, *, has_new_address: bool = False
) -> Hook:
    """Expect deliveries, or take another secret for those that are expected already.

    Parameters
    ----------
    hook
        Its ``key`` is made here: the one it had, unless a new address is wanted.

    Raises
    ------
    HookBroken
        Its name, sender or secret cannot be.
    UnknownCompany
    """
    load_company(url, hook.company_id)
    if not _NAME.fullmatch(hook.connection_id):
        raise HookBroken(
            f"'{hook.connection_id}' is no name of a webhook: small letters, digits, _ "
            "and -, a letter first, 40 at most."
        )
    if hook.sender not in SENDERS:
        raise HookBroken(f"A sender is one of {', '.join(SENDERS)}.")
    if not hook.secret and hook.sender != "shared":
        raise HookBroken(
            f"{hook.sender} signs what it delivers: give the secret it signs with."
        )
    if hook.sender == "sendgrid":
        _check_key(hook.secret)
    with sealing(url, settings) as (database, vault):
        name = webhook_secret(hook.connection_id)
        row = database.execute(
            """select encrypted_secrets from ops.webhooks
            where company_id = %s and connection_id = %s for update""",
            (hook.company_id, hook.connection_id),
        ).fetchone()
        before = vault.unseal(hook.company_id, name, bytes(row[0])) if row else {}
        kept = {} if has_new_address else before
        added = Hook(
            hook.company_id,
            hook.connection_id,
            hook.sender,
            key=kept.get("key") or random.token_urlsafe(_ADDRESS_BYTES),
            secret=hook.secret,
            verify_token=kept.get("verify_token") or random.token_urlsafe(),
        )
        told = {name: getattr(added, name) for name in ("key", "secret")}
        told["verify_token"] = added.verify_token
        sealed = vault.seal(hook.company_id, name, told)
        database.execute(
            _UPSERT, (hook.company_id, hook.connection_id, hook.sender, sealed)
        )
    return added


def _check_key(secret: str) -> None:
    try:
        sendgrid_key(secret)
    except ValueError:
        raise HookBroken(
            "That is no verification key. SendGrid shows it at Settings, Mail "
            "Settings, Event Webhooks; it begins with MFkw."
        ) from None


def remove_hook(url: str, company_id: str, connection_id: str) -> bool:
    """Expect nothing more there; what was delivered stays. False if there is none."""
    with connect(url, "orchestrator") as database:
        removed = database.execute(
            "delete from ops.webhooks where company_id = %s and connection_id = %s",
            (company_id, connection_id),
        )
        return bool(removed.rowcount)


def load_hooks(
    url: str, settings: Settings, company_id: str | None = None
) -> tuple[list[Hook], list[str]]:
    """The webhooks of a company, or of all; then why others cannot be read."""
    hooks, broken = [], []
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            """select company_id, connection_id, sender, encrypted_secrets
            from ops.webhooks where company_id = coalesce(%s, company_id)
            order by company_id, connection_id""",
            (company_id,),
        ).fetchall()
    if not rows:
        return [], []
    with sealing(url, settings, create=False) as (_, vault):
        for owner, connection_id, sender, sealed in rows:
            name = webhook_secret(connection_id)
            try:
                told = vault.unseal(owner, name, bytes(sealed))
            except SecretsUnreadable as failure:
                broken.append(str(failure))
            else:
                hooks.append(Hook(owner, connection_id, cast("Sender", sender), **told))
    return hooks, broken


def hook_statuses(url: str, company_id: str) -> list[HookStatus]:
    """What came to each address of a company, and what was refused there."""
    with connect(url, "orchestrator") as database:
        rows = database.execute(_STATUSES, {"company": company_id}).fetchall()
    return [HookStatus(*row) for row in rows]


def count_refusals(url: str, refused: Counter[tuple[str, str, str]]) -> None:
    """Add to the counts of today, by company, connection and reason."""
    now = datetime.now(UTC)
    with connect(url, "orchestrator") as database, database.cursor() as cursor:
        cursor.executemany(
            _REFUSED,
            [(*where, count, now, now.date()) for where, count in refused.items()],
        )


_UPSERT = """
insert into ops.webhooks (company_id, connection_id, sender, encrypted_secrets)
values (%s, %s, %s, %s)
on conflict (company_id, connection_id) do update set
    sender = excluded.sender,
    encrypted_secrets = excluded.encrypted_secrets
"""
# A company may have left since: then there is nobody to count for.
_REFUSED = """
insert into ops.webhook_refusals as kept (company_id, connection_id, reason,
    refusal_count, last_refused_at, refused_on)
select company_id, asked.connection_id, asked.reason, asked.refused, asked.at, asked.day
from (values (%s, %s, %s, %s::bigint, %s::timestamptz, %s::date))
    as asked (company_id, connection_id, reason, refused, at, day)
inner join ops.companies using (company_id)
on conflict (company_id, connection_id, refused_on, reason) do update set
    refusal_count = kept.refusal_count + excluded.refusal_count,
    last_refused_at = excluded.last_refused_at
"""
_STATUSES = """
select hooks.company_id, hooks.connection_id, hooks.sender,
    coalesce(came.delivery_count, 0), came.last_received_at,
    coalesce(refused.refusal_count, 0)::bigint, coalesce(refused.reasons, '')
from ops.webhooks as hooks
left join (
    select company_id, connection_id, count(*) as delivery_count,
        max(received_at) as last_received_at
    from raw_webhooks.deliveries where company_id = %(company)s group by 1, 2
) as came using (company_id, connection_id)
left join (
    select company_id, connection_id, sum(refused) as refusal_count,
        string_agg(reason || ' ' || refused, ', ' order by reason) as reasons
    from (
        select company_id, connection_id, reason, sum(refusal_count) as refused
        from ops.webhook_refusals where company_id = %(company)s group by 1, 2, 3
    ) as by_reason group by 1, 2
) as refused using (company_id, connection_id)
where hooks.company_id = %(company)s
order by hooks.connection_id
"""
