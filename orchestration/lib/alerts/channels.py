"""Channels: how the people of a company are reached, with addresses encrypted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from psycopg.rows import class_row

from orchestration.lib.alerts.errors import ChannelBroken, NotDelivered
from orchestration.lib.alerts.lifecycle import SEVERITIES
from orchestration.lib.alerts.services import check_address
from orchestration.lib.connections.connection_secrets import channel_secret, sealing
from orchestration.lib.core.settings import Settings
from orchestration.lib.core.translations import LANGUAGES
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Channel",
    "add_channel",
    "list_channels",
    "read_address",
    "remove_channel",
]


@dataclass(frozen=True)
class Channel:
    """One way to reach people: which severities it takes, in which language.

    ``service`` is the scheme of its address, such as ``mailtos``.
    """

    channel_id: str
    severities: list[str]
    language: str
    has_digest: bool = True
    service: str = ""


def add_channel(
    url: str, settings: Settings, company_id: str, channel: Channel, address: str
) -> Channel:
    """Add a channel, or replace the one of its name; the channel with its service.

    Raises
    ------
    ChannelBroken
        Its address, severities or language cannot be.
    UnknownCompany
        There is no such company.
    """
    load_company(url, company_id)
    unknown = set(channel.severities) - set(SEVERITIES)
    if unknown or not channel.severities:
        raise ChannelBroken(
            f"Severities are {', '.join(SEVERITIES)}: name at least one."
        )
    if channel.language not in LANGUAGES:
        raise ChannelBroken(f"A language is one of {', '.join(LANGUAGES)}.")
    channel = replace(channel, service=check_address(address))
    with sealing(url, settings) as (database, vault):
        name = channel_secret(channel.channel_id)
        sealed = vault.seal(company_id, name, {"address": address})
        values = vars(channel) | {"company_id": company_id, "sealed": sealed}
        database.execute(_UPSERT, values)
    return channel


def remove_channel(url: str, company_id: str, channel_id: str) -> bool:
    """Forget a channel, and what was still to go there. False if there is none."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.alert_deliveries set state = 'cancelled'
            where company_id = %s and channel_id = %s and state = 'pending'""",
            (company_id, channel_id),
        )
        removed = database.execute(
            "delete from ops.alert_channels where company_id = %s and channel_id = %s",
            (company_id, channel_id),
        )
        return bool(removed.rowcount)


def list_channels(url: str, company_id: str) -> list[Channel]:
    """The channels of a company, by name."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Channel))
        return cursor.execute(
            """select channel_id, service, severities, language, has_digest
            from ops.alert_channels where company_id = %s order by channel_id""",
            (company_id,),
        ).fetchall()


def read_address(url: str, settings: Settings, company_id: str, channel_id: str) -> str:
    """The address of a channel.

    Raises
    ------
    SecretsUnreadable
        Its key is gone.
    NotDelivered
        The channel is gone.
    """
    with sealing(url, settings, create=False) as (database, vault):
        row = database.execute(
            """select encrypted_address from ops.alert_channels
            where company_id = %s and channel_id = %s""",
            (company_id, channel_id),
        ).fetchone()
        if row is None:
            raise NotDelivered(f"There is no channel '{channel_id}' any more.")
        name = channel_secret(channel_id)
        return str(vault.unseal(company_id, name, bytes(row[0]))["address"])


_UPSERT = """
insert into ops.alert_channels (company_id, channel_id, service, encrypted_address,
    severities, language, has_digest)
values (%(company_id)s, %(channel_id)s, %(service)s, %(sealed)s, %(severities)s,
    %(language)s, %(has_digest)s)
on conflict (company_id, channel_id) do update set
    service = excluded.service,
    encrypted_address = excluded.encrypted_address,
    severities = excluded.severities,
    language = excluded.language,
    has_digest = excluded.has_digest
"""
