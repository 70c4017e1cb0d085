"""What the loader is told of forgotten people, so that none comes in again."""

from __future__ import annotations

from typing import Any

from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure import PERSONAL
from orchestration.lib.tenancy.privacy.erasure_log import forgotten_names
from orchestration.lib.tenancy.privacy.person import PEOPLE, references

__all__ = ["refusals"]


def refusals(
    url: str, settings: Settings, company_id: str, schema: str
) -> dict[str, Any]:
    """The loader's setting ``forgotten`` for a schema of raw tables; often empty.

    Google's customer is the company's own account, so nobody is looked for there.

    Raises
    ------
    SecretsUnreadable
        Somebody was forgotten, and the key to tell whom is not at hand.
    """
    names = forgotten_names(url, settings, company_id)
    if not names.hashes or schema == "raw_google_ads":
        return {}
    people = {
        table: {"columns": list(columns), "prefix": prefix}
        for (owner, table), (columns, prefix) in PEOPLE.items()
        if owner == schema
    }
    return {
        "forgotten": {
            "table": "ops.forgotten_people",
            "keys": {key_id: key.hex() for key_id, key in names.keys.items()},
            "hashes": sorted(names.hashes),
            "people": people,
            "references": references(schema),
            "personal": list(PERSONAL),
            # A file's row says how many of its rows are there, and each run compares.
            "counted": {"file_sha256": "loaded_row_count"},
        }
    }
