"""What can go wrong here, in words the person at the terminal can act on."""

__all__ = ["ContentError", "DriftFoundError", "MetabaseError", "WarehouseError"]


class ContentError(ValueError):
    """A dashboard, card or label file is wrong; the message names file and key."""


class WarehouseError(RuntimeError):
    """The platform's database cannot answer; the message never holds a password."""


class MetabaseError(RuntimeError):
    """Metabase refused or misunderstood a request; the message names both.

    ``status`` is the HTTP status of the answer; None where there was none.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class DriftFoundError(MetabaseError):
    """People changed managed things on the server, and nothing was written."""
