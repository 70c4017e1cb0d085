"""Meta: a custom audience of a customer file, filled in sessions.

Source: developers.facebook.com/docs/marketing-api, "Build a Custom Audience from a
Customer File" and the reference of Custom Audience Users: at most 10,000 people a
request, those of one upload under one ``session_id``, the last with
``last_batch_flag``. A session ends with that flag or after 90 minutes, and takes nobody
afterwards (2650). Adding somebody twice is adding once, so whatever became of an
answer, the same people may be given again: in a new session, since nobody knows whether
the old one ended. Everything that tells of a person is hashed before it comes here.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from activation.places import (
    Access,
    Batch,
    Refusal,
    Row,
    made_once,
    retried,
)
from taps.api_source.errors import NoAnswer, SourceError
from taps.tap_meta_ads.client import MetaAds
from taps.tap_meta_ads.errors import SessionEnded
from taps.tap_meta_ads.settings import SETTINGS

__all__ = ["Meta"]

_NEEDED = "ads_management"
_SCHEMA = {"email": "EMAIL", "phone": "PHONE", "fn": "FN", "ln": "LN"}


@dataclass(frozen=True)
class _Session:
    """An upload as Meta counts it: a number of ours, and the parts it took so far."""

    session_id: int
    part_count: int = 0


class Meta:
    """One ad account, with the token of the connection that reads it.

    Parameters
    ----------
    config
        The settings of tap-meta-ads; ``account_id`` where it has several accounts.
    """

    def __init__(
        self, config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        defaults = {
            name: setting["default"]
            for name, setting in SETTINGS["properties"].items()
            if "default" in setting
        }
        told = {**defaults, **{k: v for k, v in config.items() if v is not None}}
        self._client = MetaAds(told, sleep)
        self._once = MetaAds(told, sleep, attempts=1)
        self._account = f"act_{_account(told).removeprefix('act_')}"
        self._sleep = sleep
        self._session: _Session | None = None

    def check(self) -> Access:
        """See the account and what the token may do."""
        told = self._client.get("me/permissions", call="permissions")
        granted = {
            each["permission"] for each in told["data"] if each["status"] == "granted"
        }
        account = self._client.get(self._account, call="account", fields="name")
        missing = () if _NEEDED in granted else (_NEEDED,)
        return Access(f"{account.get('name') or ''} {self._account}".strip(), missing)

    def open(self, name: str) -> str:
        """The id of the audience of this name, made if there is none."""
        return made_once(
            lambda: self._find(name), lambda: self._make(name), self._sleep
        )

    def add(self, list_id: str, rows: Sequence[Row], batch: Batch) -> list[Refusal]:
        """Add people to the audience. Meta tells how many are not valid, never whom."""
        payload = _payload(rows)
        call = f"{len(rows)} people of audience {list_id}, part {batch.number}"
        answer = retried(
            lambda: self._upload(list_id, payload, batch, call), self._sleep
        )
        invalid = int(answer.get("num_invalid_entries") or 0)
        reason = "Meta could not read what identifies them, and says of nobody why"
        return [Refusal(reason, None, invalid)] if invalid else []

    def remove(self, list_id: str, rows: Sequence[Row]) -> list[Refusal]:
        """Take people off the audience; no session is needed for that."""
        self._client.delete(
            f"{list_id}/users",
            call=f"removal of {len(rows)} people of audience {list_id}",
            payload=_payload(rows),
        )
        return []

    def _upload(
        self, list_id: str, payload: str, batch: Batch, call: str
    ) -> dict[str, Any]:
        """Meta's answer to one part, which begins a session where none is open."""
        # Of no upload before; Meta takes 1 to 2^64 - 1.
        session = self._session or _Session(secrets.randbits(62) + 1)
        # Only an answer tells that it is still open.
        self._session = None
        told = {
            "session_id": session.session_id,
            "batch_seq": session.part_count + 1,
            "last_batch_flag": batch.is_last,
            "estimated_num_total": batch.total,
        }
        try:
            answer = self._once.post(
                f"{list_id}/users", call=call, payload=payload, session=json.dumps(told)
            )
        except SessionEnded as ended:
            # It took nobody: the same as no answer, without a reason to wait.
            lost = NoAnswer(ended.problem, call=call, remedy=ended.remedy)
            lost.wait_seconds = 0.0
            raise lost from None
        if not batch.is_last:
            self._session = _Session(session.session_id, session.part_count + 1)
        return answer

    def _find(self, name: str) -> str | None:
        found = [
            str(each["id"])
            for page in self._client.pages(
                f"{self._account}/customaudiences", call="audiences", fields="id,name"
            )
            for each in page["data"]
            if each.get("name") == name
        ]
        return min(found) if found else None

    def _make(self, name: str) -> str:
        answer = self._once.post(
            f"{self._account}/customaudiences",
            call=f"audience {name!r}",
            name=name,
            subtype="CUSTOM",
            description="Made by Timonel; who is kept back is not in it.",
            customer_file_source="USER_PROVIDED_ONLY",
        )
        return str(answer["id"])


def _payload(rows: Sequence[Row]) -> str:
    data = [[row[column] for column in _SCHEMA] for row in rows]
    return json.dumps({"schema": list(_SCHEMA.values()), "data": data})


def _account(config: Mapping[str, Any]) -> str:
    if config.get("account_id"):
        return str(config["account_id"])
    known = [str(each) for each in config.get("account_ids") or ()]
    if len(known) == 1:
        return known[0]
    raise SourceError(
        f"which ad account is not said (known: {', '.join(known) or 'none'})",
        remedy="Switch Meta on once more with --account.",
    )
