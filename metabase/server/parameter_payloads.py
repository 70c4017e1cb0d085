"""What the reader may choose, in the words of Metabase's API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from metabase.content.entities import Link, Parameter
from metabase.content.parameters import TAG_TYPES

__all__ = ["click_settings", "parameter_payload", "tag_payload", "target"]


def parameter_payload(told: Parameter, card_ids: Mapping[str, int]) -> dict[str, Any]:
    """A parameter; ``card_ids`` are the server's, by ``entity_id``."""
    payload: dict[str, Any] = {
        "id": told.parameter_id,
        "name": told.title,
        "slug": told.slug,
        "type": told.kind,
    }
    if told.values is None:
        return payload
    column = ["field", told.values.column, {"base-type": "type/Text"}]
    return {
        **payload,
        "values_query_type": "list",
        "values_source_type": "card",
        "values_source_config": {
            "card_id": card_ids[told.values.card_id],
            "value_field": column,
        },
    }


def tag_payload(told: Parameter) -> dict[str, Any]:
    """The tag in a card's SQL that takes the parameter."""
    return {
        "id": told.parameter_id,
        "name": told.slug,
        "display-name": told.title,
        "type": TAG_TYPES[told.kind],
    }


def target(name: str) -> list[Any]:
    """Where a parameter goes: the variable of this name."""
    return ["variable", ["template-tag", name]]


def click_settings(
    links: Iterable[Link], dashboard_ids: Mapping[str, int]
) -> dict[str, Any]:
    """Settings of a placed card whose columns lead to dashboards.

    The server wants its own number of the dashboard, not our ``entity_id``.
    """
    columns = {
        f'["name","{link.column}"]': {
            "click_behavior": {
                "type": "link",
                "linkType": "dashboard",
                "targetId": dashboard_ids[link.dashboard_id],
                "parameterMapping": {
                    link.parameter_id: {
                        "id": link.parameter_id,
                        "source": {
                            "type": "column",
                            "id": link.column,
                            "name": link.column,
                        },
                        "target": {"type": "parameter", "id": link.parameter_id},
                    }
                },
            }
        }
        for link in links
    }
    return {"column_settings": columns} if columns else {}
