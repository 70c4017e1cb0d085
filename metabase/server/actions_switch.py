"""The switch of a connection that allows Metabase's actions on it."""

from __future__ import annotations

from dataclasses import replace

from metabase.content.errors import MetabaseError
from metabase.server.diff import Finding, Reconciliation
from metabase.server.identity import digest
from metabase.server.payloads import canonical

__all__ = ["ACTIONS", "forbid_actions"]

ACTIONS = "database-enable-actions"
_DATABASE = "/api/database"


def forbid_actions(work: Reconciliation, company_id: str) -> None:
    """Switch actions off on every connection of a company, whoever switched them on.

    Raises
    ------
    MetabaseError
        The server did not keep it.
    """
    off = {"settings": {ACTIONS: False}}
    for known in work.identities.all(company_id=company_id, kind="connection"):
        if not work.is_there(known, _DATABASE):
            continue
        path = f"{_DATABASE}/{known.metabase_id}"
        live = work.metabase.get(path)
        if not (live.get("settings") or {}).get(ACTIONS):
            continue
        found = Finding(company_id, "connection", live["name"], "update", "settings")
        work.findings.append(found)
        if work.is_dry:
            continue
        work.metabase.put(path, off)
        if (work.metabase.get(path).get("settings") or {}).get(ACTIONS):
            raise MetabaseError(f"{found}: the server did not switch {ACTIONS} off")
        told = digest(canonical("settings", off["settings"]))
        hashes = {**known.key_hashes, "settings": told}
        work.identities.save(replace(known, key_hashes=hashes))
