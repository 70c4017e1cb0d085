"""The errors that are told to people as a sentence."""

__all__ = ["PlainError"]


class PlainError(Exception):
    """An error foreseen: its message says what is wrong, where, and what to do.

    The command line shows the message and no traceback.
    """
