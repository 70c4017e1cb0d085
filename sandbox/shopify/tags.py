"""The mutations tagsAdd and tagsRemove, for customers."""

from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from sandbox.shopify.context import Context
from sandbox.shopify.documents import moment_text
from sandbox.shopify.facts import CustomerFacts
from sandbox.shopify.fields.shops import UserError
from sandbox.store import Version

__all__ = ["Tagged", "tags_added", "tags_removed"]

_LONGEST_TAG: Final = 40
_MOST_TAGS: Final = 250
_PREFIX: Final = "gid://shopify/Customer/"


class Tagged(NamedTuple):
    """A `TagsAddPayload` or `TagsRemovePayload`."""

    node: CustomerFacts | None
    errors: list[UserError]


def tags_added(context: Context, identifier: str, tags: list[str]) -> Tagged:
    """Give a customer tags; those they have stay, in upper or lower case the same.

    `tags` may also be texts with commas between tags.
    """
    asked = _split(tags)
    if any(len(tag) > _LONGEST_TAG for tag in asked):
        message = f"Tag is too long (maximum is {_LONGEST_TAG} characters)"
        return Tagged(None, [UserError(message, None, ["tags"])])
    facts = _customer(context, identifier)
    if facts is None:
        return Tagged(None, [UserError("Customer does not exist", None, ["id"])])
    known = {tag.lower() for tag in facts.tags}
    new = [tag for tag in asked if tag.lower() not in known]
    if len(facts.tags) + len(new) > _MOST_TAGS:
        message = f"Customer has too many tags (maximum is {_MOST_TAGS})"
        return Tagged(None, [UserError(message, None, ["tags"])])
    if new:
        facts.tags = sorted([*facts.tags, *new])
        facts.updated_at = moment_text(context.now)
        _keep(context, facts)
    return Tagged(facts, [])


def tags_removed(context: Context, identifier: str, tags: list[str]) -> Tagged:
    """Take tags from a customer, in upper or lower case the same."""
    facts = _customer(context, identifier)
    if facts is None:
        return Tagged(None, [UserError("Customer does not exist", None, ["id"])])
    asked = {tag.lower() for tag in _split(tags)}
    kept = [tag for tag in facts.tags if tag.lower() not in asked]
    if kept != facts.tags:
        facts.tags = kept
        facts.updated_at = moment_text(context.now)
        _keep(context, facts)
    return Tagged(facts, [])


def _split(tags: list[str]) -> list[str]:
    return [tag.strip() for text in tags for tag in text.split(",") if tag.strip()]


def _customer(context: Context, identifier: str) -> CustomerFacts | None:
    number = identifier.removeprefix(_PREFIX)
    return context.get("customers", number) if identifier != number else None


def _keep(context: Context, facts: CustomerFacts) -> None:
    version = Version(
        id=str(facts.id),
        visible_from=context.now,
        created_at=datetime.fromisoformat(facts.created_at),
        updated_at=context.now,
        body=msgspec.json.encode(facts),
    )
    context.store.overrule(context.company.slug, "shopify/customers", version)
