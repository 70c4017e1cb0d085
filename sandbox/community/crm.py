"""The contacts of a simulated community, as HubSpot has them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

__all__ = ["hubspot_contacts"]


def hubspot_contacts(contacts: str) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Lines of the file of contacts as rows of the stream, with their moments."""
    for row in csv.DictReader(io.StringIO(contacts)):
        moment = row["registered_at"].replace("Z", "+00:00")
        yield (
            datetime.fromisoformat(moment),
            {
                "id": row["contact_id"],
                "email": row["email"],
                "phone": row["phone"],
                "lifecycle_stage": "lead",
                "lead_status": None,
                "owner_id": None,
                "has_opted_out": False,
                "merged_ids": None,
                "first_source": None,
                "utm_source": row["source"],
                "utm_medium": None,
                "utm_campaign": None,
                "client_id": row["client_id"],
                "created_at": moment,
                "updated_at": moment,
            },
        )
