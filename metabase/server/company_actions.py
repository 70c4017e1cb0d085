"""Bring a company's actions, and the models beside them, to what the files say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from metabase.content.action_fields import Field
from metabase.content.actions import Action
from metabase.content.entities import Card, Content
from metabase.server.actions_switch import forbid_actions
from metabase.server.buttons import Button
from metabase.server.diff import Reconciliation, Resource, Values
from metabase.server.folders import items_of
from metabase.server.payloads import card_body, native_parts
from metabase.server.tenancy import Desk

__all__ = ["ensure_actions", "put_away_actions"]

_ACTION, _CARD = "/api/action", "/api/card"
_KINDS = {"text": ("string/=", "string"), "number": ("number/=", "number")}


def ensure_actions(
    work: Reconciliation,
    company_id: str,
    desk: Desk | None,
    content: Content,
    actions: Sequence[Action],
) -> dict[str, Button]:
    """Create and correct actions; without a desk there are none.

    Gives the button of each, by the ``entity_id`` of the card that it stands over.

    Raises
    ------
    MetabaseError
        A request was refused, or the server did not keep what was sent.
    """
    if desk is None:
        return {}
    cards = {card.path.stem: card for card in content.cards.values()}
    buttons = {}
    for action in actions:
        model = work.ensure(_model(work, company_id, desk, action, cards[action.model]))
        action_id = work.ensure(_action(work, company_id, desk, action, model))
        for over in action.cards:
            buttons[cards[over].entity_id] = Button(action_id, action.name)
    return buttons


def put_away_actions(
    work: Reconciliation,
    company_id: str,
    desk: Desk | None,
    actions: Sequence[Action],
) -> None:
    """Archive what is no action any more, once no page has its button.

    Raises
    ------
    MetabaseError
        A request was refused, or the server did not keep what was sent.
    """
    kept = set() if desk is None else {action.action_id for action in actions}
    for kind, endpoint in (("action", _ACTION), ("model", _CARD)):
        for known in work.identities.all(company_id=company_id, kind=kind):
            if known.key not in kept:
                work.archive(known, endpoint)
    if desk is None:
        # Last: the server archives no action where actions are forbidden.
        forbid_actions(work, company_id)


def _model(
    work: Reconciliation, company_id: str, desk: Desk, action: Action, card: Card
) -> Resource:
    """The rows beside the form. An action of Metabase always belongs to a model."""
    body = card_body(card, database_id=desk.reading_id, folder_id=desk.folder_id)
    # Another mark: it is not the card that pages show.
    body["dataset_query"]["stages"][0]["native"] = card.sql
    body |= {"type": "model", "name": action.name, "description": action.description}

    def candidates() -> list[int]:
        items = items_of(work, desk.folder_id)
        return [one["id"] for one in items if one["name"] == action.name]

    return Resource(
        company_id=company_id,
        kind="model",
        key=action.action_id,
        name=action.name,
        endpoint=_CARD,
        wanted=lambda _: {**body, "archived": False},
        candidates=candidates,
        born_with=tuple(body),
    )


def _action(
    work: Reconciliation, company_id: str, desk: Desk, action: Action, model_id: int
) -> Resource:
    body = {
        "name": action.name,
        "description": action.description,
        "type": "query",
        "model_id": model_id,
        "database_id": desk.writing_id,
        "dataset_query": _query(action, desk.writing_id),
        "parameters": [_parameter(one) for one in action.fields],
        "visualization_settings": {
            "fields": {one.name: _form_field(one) for one in action.fields}
        },
    }

    def candidates() -> list[int]:
        if model_id < 0:
            return []
        found = work.metabase.get(f"{_ACTION}?model-id={model_id}")
        return [one["id"] for one in found if one["name"] == action.name]

    return Resource(
        company_id=company_id,
        kind="action",
        key=action.action_id,
        name=action.name,
        endpoint=_ACTION,
        wanted=lambda _: {**body, "archived": False},
        candidates=candidates,
        owned=lambda live: _owned(live, body),
        born_with=tuple(body),
        is_hidden_in_bin=True,
    )


def _owned(live: Values, sent: Values) -> dict[str, Any]:
    """What the server has of what was sent, the query in the form it was sent in."""
    database_id, text, tags = native_parts(live.get("dataset_query") or {})
    native = {"query": text, "template-tags": tags}
    query = {"type": "native", "database": database_id, "native": native}
    told = {**live, "dataset_query": query}
    return {key: _ours(told.get(key), sent.get(key)) for key in told}


def _query(action: Action, database_id: int) -> dict[str, Any]:
    sql = action.sql()
    written = re.findall(r"\{\{(\w+)\}\}", sql)
    fields = {one.name: one for one in action.fields}
    return {
        "type": "native",
        "database": database_id,
        "native": {
            "query": sql,
            "template-tags": {
                name: {
                    "id": name,
                    "name": name,
                    "display-name": fields[name].title,
                    "type": fields[name].kind,
                }
                for name in written
            },
        },
    }


def _parameter(field: Field) -> dict[str, Any]:
    return {
        "id": field.name,
        "name": field.title,
        "slug": field.name,
        "type": _KINDS[field.kind][0],
        "target": ["variable", ["template-tag", field.name]],
    }


def _form_field(field: Field) -> dict[str, Any]:
    shape = _KINDS[field.kind][1]
    return {
        "id": field.name,
        "title": field.title,
        "required": field.is_required,
        "fieldType": shape,
        "inputType": shape,
        **_chosen(field),
    }


def _chosen(field: Field) -> dict[str, Any]:
    """What people choose of, where they do not type."""
    said = [words for words, _ in field.options]
    return {"inputType": "select", "valueOptions": said} if said else {}


def _ours(live: Any, sent: Any) -> Any:
    """Of what the server has, the keys that were sent: it adds some of its own."""
    if isinstance(live, Mapping) and isinstance(sent, Mapping):
        return {key: _ours(live.get(key), sent[key]) for key in sent}
    if isinstance(live, list) and isinstance(sent, list) and len(live) == len(sent):
        return [_ours(*pair) for pair in zip(live, sent, strict=True)]
    return live
