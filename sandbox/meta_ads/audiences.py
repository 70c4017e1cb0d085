"""Custom audiences of customer files: made, listed, filled in sessions.

Who is in one cannot be asked, here as there; `Audiences.told` is for tests.
"""

import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.meta_ads.errors import GraphError, invalid_parameter
from sandbox.meta_ads.parameters import Parameters, structure_of
from sandbox.simulation.companies import Company

__all__ = ["Audiences", "CustomAudience"]

_MOST_USERS: Final = 10_000
_SESSION_LASTS: Final = timedelta(minutes=90)
_FIRST_ID: Final = 23_850_000_000_000_000
_SOURCES: Final = frozenset(
    {
        "USER_PROVIDED_ONLY",
        "PARTNER_PROVIDED_ONLY",
        "BOTH_USER_AND_PARTNER_PROVIDED",
    }
)
_HASHED: Final = frozenset(
    {"EMAIL", "PHONE", "FN", "LN", "GEN", "DOBY", "DOBM", "DOBD", "CT", "ST", "ZIP"}
)
_PLAIN: Final = frozenset({"EXTERN_ID", "MADID", "LOOKALIKE_VALUE"})
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass
class _Session:
    begun_at: datetime
    is_over: bool = False


@dataclass
class CustomAudience:
    """An audience, and what identifies who is in it."""

    id: str
    account_id: str
    name: str
    description: str
    users: set[tuple[str, ...]] = field(default_factory=set)
    sessions: dict[str, _Session] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """What the API tells of it: sizes below 1,000 are hidden."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "subtype": "CUSTOM",
            "account_id": self.account_id,
            "approximate_count_lower_bound": 1_000,
            "approximate_count_upper_bound": 1_000,
        }


class Audiences:
    """The custom audiences of all accounts, in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[str, CustomAudience] = {}

    def of(self, account_id: str) -> list[CustomAudience]:
        """Those of an account."""
        return [each for each in self._all.values() if each.account_id == account_id]

    def find(self, identifier: str, account_id: str) -> CustomAudience | None:
        """One of an account."""
        found = self._all.get(identifier)
        return found if found and found.account_id == account_id else None

    def make(
        self, company: Company, account_id: str, given: Parameters
    ) -> dict[str, str]:
        """A new audience.

        Raises
        ------
        GraphError
        """
        _check_permission(company)
        name = str(given.get("name") or "")
        if not name:
            raise invalid_parameter("The parameter name is required.")
        if given.get("subtype") != "CUSTOM":
            raise invalid_parameter("The parameter subtype must be CUSTOM here.")
        if given.get("customer_file_source") not in _SOURCES:
            raise GraphError(
                100,
                "(#100) The parameter customer_file_source is required.",
                subcode=1_713_098,
            )
        with self._lock:
            made = CustomAudience(
                str(_FIRST_ID + len(self._all)),
                account_id,
                name,
                str(given.get("description") or ""),
            )
            self._all[made.id] = made
        return {"id": made.id, "message": ""}

    def add(
        self,
        company: Company,
        audience: CustomAudience,
        given: Parameters,
        now: datetime,
    ) -> dict[str, Any]:
        """Take the users of one request; those that are not hashed are not valid.

        Raises
        ------
        GraphError
        """
        _check_permission(company)
        session = structure_of(given, "session")
        schema, rows = _payload(given)
        with self._lock:
            _take_turn(audience, session, now)
            invalid = 0
            for row in rows:
                if _is_valid(schema, row):
                    audience.users.add(tuple(map(str, row)))
                else:
                    invalid += 1
        return {
            "audience_id": audience.id,
            "session_id": str(session["session_id"]),
            "num_received": len(rows),
            "num_invalid_entries": invalid,
            "invalid_entry_samples": {},
        }

    def remove(
        self, company: Company, audience: CustomAudience, given: Parameters
    ) -> dict[str, Any]:
        """Take away whoever has the address or number of a row; no session is needed.

        Raises
        ------
        GraphError
        """
        _check_permission(company)
        schema, rows = _payload(given)
        gone = {
            str(value)
            for row in rows
            for key, value in zip(schema, row, strict=True)
            if key in {"EMAIL", "PHONE"} and value != ""
        }
        with self._lock:
            audience.users = {user for user in audience.users if not gone & {*user}}
        return {
            "audience_id": audience.id,
            "num_received": len(rows),
            "num_invalid_entries": sum(not _is_valid(schema, row) for row in rows),
            "invalid_entry_samples": {},
        }

    def told(self, account_id: str) -> dict[str, list[list[str]]]:
        """Who is in each audience of an account, by its name."""
        return {
            each.name: sorted(list(user) for user in each.users)
            for each in self.of(account_id)
        }


def _check_permission(company: Company) -> None:
    if "ads_management" not in company.meta_permissions:
        raise GraphError(
            200, "(#200) Requires ads_management permission to manage the object"
        )


def _payload(given: Parameters) -> tuple[list[str], list[list[Any]]]:
    payload = structure_of(given, "payload")
    if not isinstance(payload, dict):
        raise invalid_parameter("The parameter payload is required.")
    schema = payload.get("schema")
    schema = [schema] if isinstance(schema, str) else schema
    if not isinstance(schema, list) or not {*schema} <= _HASHED | _PLAIN:
        raise invalid_parameter("param payload has a schema that is not known.")
    rows = payload.get("data")
    if not isinstance(rows, list) or not rows:
        raise invalid_parameter("param payload has no data.")
    if len(rows) > _MOST_USERS:
        raise invalid_parameter(f"At most {_MOST_USERS} users are allowed.")
    rows = [row if isinstance(row, list) else [row] for row in rows]
    if any(len(row) != len(schema) for row in rows):
        raise invalid_parameter("param payload has rows that do not fit its schema.")
    return schema, rows


def _take_turn(audience: CustomAudience, session: Any, now: datetime) -> None:
    if not isinstance(session, dict) or not {"session_id", "batch_seq"} <= {*session}:
        raise invalid_parameter("The parameter session is required.")
    identifier = int(session["session_id"])
    if not 0 < identifier < 2**64 or int(session["batch_seq"]) < 1:
        raise invalid_parameter("param session is out of range.")
    known = audience.sessions.setdefault(str(identifier), _Session(now))
    if known.is_over or now - known.begun_at > _SESSION_LASTS:
        raise GraphError(
            2_650,
            "(#2650) Failed to update the custom audience: this session has ended",
        )
    known.is_over = bool(session.get("last_batch_flag"))


def _is_valid(schema: list[str], row: list[Any]) -> bool:
    told = [
        (key, str(value)) for key, value in zip(schema, row, strict=True) if value != ""
    ]
    return bool(told) and all(
        _DIGEST.fullmatch(value) for key, value in told if key in _HASHED
    )
