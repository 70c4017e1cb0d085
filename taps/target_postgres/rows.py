"""From a record to one line of COPY text, or to the reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taps.target_postgres.column_types import COMPANY_COLUMN, METADATA_COLUMNS, Column
from taps.target_postgres.copy_text import NULL, encoder_of, timestamp
from taps.target_postgres.errors import RejectedRecordError

__all__ = ["RowEncoder"]


class RowEncoder:
    """Encodes the records of one stream.

    The fast way treats every record as good and never asks which column failed. Only
    when something fails is the record gone through again, column by column, to find
    either a row after all or the reason for its refusal.

    Parameters
    ----------
    columns : sequence of Column
        The columns, in the order of the row.
    company_id : str
        A record that says it belongs to another company is refused.
    """

    def __init__(self, columns: Sequence[Column], company_id: str) -> None:
        self._columns = columns
        self._company_id = company_id
        self._encoders = [
            (column.property_name, encoder_of(column)) for column in columns
        ]
        self._never_null = [c.property_name for c in columns if not c.allows_null]
        self._ids = [c.property_name for c in columns if c.is_id]
        self._never_absent = {c.property_name for c in columns if c.is_required}
        self._known = {column.property_name for column in columns}
        self._known.update((COMPANY_COLUMN, *METADATA_COLUMNS))
        self.unknown_properties: set[str] = set()

    def row(self, record: dict[str, Any], extracted_at: str | None) -> str:
        """The record's line, without the newline; ``_sdc_extracted_at`` comes last.

        Raises
        ------
        RejectedRecordError
            The record does not fit its schema, or is another company's.
        """
        try:
            fields = self._fields(record)
        except RejectedRecordError:
            fields = list(self._fields_one_by_one(record))
        if not record.keys() <= self._known:
            self.unknown_properties.update(record.keys() - self._known)
        if COMPANY_COLUMN in record:
            self._check_company(record[COMPANY_COLUMN])
        fields.append(NULL if extracted_at is None else _extraction(extracted_at))
        return "\t".join(fields)

    def _fields(self, record: dict[str, Any]) -> list[str]:
        value_of = record.get
        for name in self._never_null:
            if value_of(name) is None:
                raise RejectedRecordError
        if not record.keys() >= self._never_absent:
            raise RejectedRecordError
        for name in self._ids:
            if not str(value_of(name)).strip():
                raise RejectedRecordError
        # The loader's innermost loop: one pass, no call for a null.
        return [
            NULL if (value := value_of(name)) is None else encode(value)
            for name, encode in self._encoders
        ]

    def _fields_one_by_one(self, record: Mapping[str, Any]) -> Iterator[str]:
        for column in self._columns:
            try:
                yield _field(column, record)
            except RejectedRecordError as refusal:
                raise RejectedRecordError(
                    f"property '{column.property_name}' {refusal}"
                ) from None

    def _check_company(self, company_id: object) -> None:
        if company_id is not None and company_id != self._company_id:
            raise RejectedRecordError(
                f"property '{COMPANY_COLUMN}' names another company than the one "
                "this run loads"
            )


def _field(column: Column, record: Mapping[str, Any]) -> str:
    value = record.get(column.property_name)
    if value is not None:
        # Whatever has no id would overwrite all others that have none.
        if column.is_id and not str(value).strip():
            raise RejectedRecordError("is blank")
        return encoder_of(column)(value)
    if column.property_name not in record:
        if column.is_required:
            raise RejectedRecordError("is missing")
    elif not column.allows_null:
        raise RejectedRecordError("is null")
    return NULL


def _extraction(extracted_at: str) -> str:
    try:
        return timestamp(extracted_at)
    except RejectedRecordError as refusal:
        raise RejectedRecordError(f"time_extracted {refusal}") from None
