"""Reads Singer messages from lines of bytes, and knows the number of each line."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import IO, Any

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader

from taps.target_postgres.errors import InputError, LoadError

__all__ = ["MessageReader"]

# Numbers keep their digits: 19.99 arrives as 19.99, not as the nearest double.
_decode = msgspec.json.Decoder(float_hook=Decimal).decode

_NOT_A_NUMBER = Decimal("NaN")


class MessageReader(GenericSingerReader[bytes]):
    """The SDK's reader with the loop replaced.

    ``MsgSpecReader`` of singer-sdk decodes text, logs the whole offending line (a
    customer's data) and does not say which line it was. This one decodes bytes, and
    its errors carry the line number and nothing of the line.
    """

    @property
    def default_input(self) -> IO[bytes]:
        """Standard input, undecoded: the JSON decoder checks the UTF-8 itself."""
        return sys.stdin.buffer

    def process_lines(
        self,
        file_input: IO[bytes] | None,
        callbacks: dict[str, Callable[[dict[str, Any]], None]],
    ) -> Counter[str]:
        """Hand every message to the callback of its type.

        Returns
        -------
        Counter
            Number of messages by type.

        Raises
        ------
        LoadError
            A line is not a message, or a callback refused it. What was read before is
            committed up to the last drain, and its state was emitted then.
        """
        counts: Counter[str] = Counter()
        line_number = 0
        try:
            for line in _lines(file_input or self.default_input):
                line_number += 1
                if line.isspace():
                    continue
                message = self.deserialize_json(line)
                kind = message["type"]
                callback = callbacks.get(kind)
                if callback is None:
                    raise InputError(f"Unknown message type '{kind}'. Fix the tap")
                callback(message)
                counts[kind] += 1
        except InputError as error:
            raise LoadError(f"Line {line_number} of the input: {error}") from None
        return counts

    def deserialize_json(self, line: bytes) -> dict[str, Any]:
        """The message in a line.

        Raises
        ------
        InputError
            It is not a JSON object with a type.
        """
        try:
            message = _decode(line)
        except RecursionError:
            raise InputError("The JSON is nested too deeply. Fix the tap") from None
        except (msgspec.MsgspecError, UnicodeError, InvalidOperation):
            message = _decode_leniently(line)
        if type(message) is not dict or type(message.get("type")) is not str:
            raise InputError(
                "Not a Singer message (an object with a 'type'). Only the tap's "
                "messages may go to its standard output; logs belong to standard error"
            )
        return message


def _lines(source: IO[bytes]) -> Iterable[bytes]:
    """The bytes below a text file, which is what ``--input`` opens."""
    return getattr(source, "buffer", source)


def _decode_leniently(line: bytes) -> Any:
    """Decode what many programs write although JSON forbids it.

    NaN, half surrogate pairs and numbers of absurd size make one record bad, not the
    whole input: they are decoded to values that the row encoder refuses.
    """
    try:
        return json.loads(
            line,
            parse_float=_exact_number,
            parse_int=_exact_number,
            parse_constant=Decimal,
        )
    except (ValueError, RecursionError):
        raise InputError(
            "Malformed JSON: the line is cut off or is not JSON in UTF-8. Nothing "
            "after it was loaded. Run the tap again"
        ) from None


def _exact_number(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return _NOT_A_NUMBER
