"""What can go wrong here, in words the person at the terminal can act on."""

__all__ = ["ContentError", "MetabaseError", "WarehouseError"]


class ContentError(ValueError):
    """A dashboard, card or label file is wrong; the message names file and key."""


class WarehouseError(RuntimeError):
    """The platform's database cannot answer; the message never holds a password."""


class MetabaseError(RuntimeError):
    """Metabase refused or misunderstood a request; the message names both."""
