"""Writes Singer messages fast."""

from __future__ import annotations

import sys

from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.singerlib import Message, RecordMessage

__all__ = ["BufferedWriter"]


class BufferedWriter(MsgSpecWriter):
    """Leaves records in the output buffer until a message that others wait for.

    A flush per record costs a system call each; states and schemas are still flushed
    at once, so that a target never waits for what is already decided.
    """

    def write_message(self, message: Message) -> None:
        """Write one message to standard output."""
        sys.stdout.buffer.write(self.format_message(message))
        if not isinstance(message, RecordMessage):
            sys.stdout.buffer.flush()
