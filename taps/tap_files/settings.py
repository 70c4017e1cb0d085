"""The tap's settings: their schema and their checked values."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError

from taps.tap_files.contract import load_contracts
from taps.tap_files.presets import load_presets
from taps.tap_files.statuses import MEANINGS
from taps.tap_files.values.amounts import AMOUNT_UNITS
from taps.tap_files.values.currencies import currency_codes

__all__ = ["AUTO", "SETTINGS_SCHEMA", "Settings"]

AUTO = "auto"
_READING = 5
"""Raised when more is told of the same files, so that each is read once more."""

SETTINGS_SCHEMA: dict[str, Any] = th.PropertiesList(
    th.Property(
        "paths",
        th.ArrayType(th.StringType),
        default=[],
        title="Paths",
        description="Files, folders or globs (CSV, Excel, JSONL, Parquet) to read.",
    ),
    th.Property(
        "database_url",
        th.StringType,
        secret=True,
        title="Database",
        description="Address of a Postgres or MySQL database whose tables are read as "
        "files are: postgresql://USER:PASSWORD@HOST/DATABASE.",
    ),
    th.Property(
        "tables",
        th.ObjectType(additional_properties=th.StringType),
        default={},
        title="Tables",
        description="Name to the table, or the select, that is read under it. A name "
        "that is one of a contract says what the table holds.",
    ),
    th.Property(
        "contract",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, *load_contracts()],
        title="Contract",
        description="What the files hold; auto recognises it by the header.",
    ),
    th.Property(
        "time_zone",
        th.StringType,
        default="UTC",
        title="Time zone",
        description="IANA zone of the times that carry no offset (Europe/Madrid).",
    ),
    th.Property(
        "currency_code",
        th.StringType,
        title="Currency",
        description="ISO 4217 code of the amounts when a file has no currency.",
    ),
    th.Property(
        "columns",
        th.ObjectType(additional_properties=th.StringType),
        default={},
        title="Columns",
        description="Contract column to file column, when the header is not known; an "
        "empty one says that the file has none. A status or a number may be two: A|B.",
    ),
    th.Property(
        "preset",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, "none", *load_presets()],
        title="Preset",
        description="Which program wrote the files; auto recognises it by the header, "
        "none reads them by the contract alone.",
    ),
    th.Property(
        "constants",
        th.ObjectType(additional_properties=th.StringType),
        default={},
        title="Constants",
        description="Contract column to the text that stands for it in every row, such "
        "as channel to Meta Ads.",
    ),
    th.Property(
        "statuses",
        th.ObjectType(additional_properties=th.StringType),
        default={},
        title="Statuses",
        description="Word of a status column to what it means for money: "
        + ", ".join(reversed(MEANINGS))
        + ". A row that is returned says what was given back of another.",
    ),
    th.Property(
        "amount_per",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, "line", "order"],
        title="Amount per",
        description="Whether the rows of an order share its amount out among them, or "
        "each repeats the whole order's; auto asks where the file leaves it open.",
    ),
    th.Property(
        "amount_unit",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, *AMOUNT_UNITS],
        title="Amount unit",
        description="What amounts are told in: 4900 is 49.00 in cents, 4,900,000 in "
        "thousands; auto reads units, and asks where something says otherwise.",
    ),
    th.Property(
        "totals",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, "ignored"],
        title="Totals",
        description="Whether rows have to come to the file's own totals (auto).",
    ),
    th.Property(
        "ignored_columns",
        th.StringType,
        default="",
        title="Ignored columns",
        description="Columns of money or of states that are rightly left out, with | "
        "between them.",
    ),
    th.Property(
        "encoding",
        th.StringType,
        default=AUTO,
        title="Encoding",
        description="Text encoding of CSV and JSONL files; auto detects it.",
    ),
    th.Property(
        "delimiter",
        th.StringType,
        default=AUTO,
        title="Delimiter",
        description="CSV delimiter; auto tells comma, semicolon, tab and bar apart.",
    ),
    th.Property(
        "name_prefix",
        th.StringType,
        default="",
        title="Name prefix",
        description="Put before every file's name, to tell apart files of the same "
        "name that reach one company by different ways.",
    ),
    th.Property(
        "decimal_separator",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, ".", ","],
        title="Decimal separator",
        description="Of amounts written as text; auto decides per file.",
    ),
    th.Property(
        "date_format",
        th.StringType,
        default=AUTO,
        allowed_values=[AUTO, "DD/MM/YYYY", "MM/DD/YYYY"],
        title="Date format",
        description="Order of day and month in dates with slashes; auto decides per "
        "file and refuses a file that leaves it open.",
    ),
).to_dict()


@dataclass(frozen=True)
class Settings:
    """Checked settings of one run; see ``SETTINGS_SCHEMA`` for their meaning."""

    paths: tuple[str, ...] = ()
    database_url: str | None = field(default=None, repr=False)
    tables: Mapping[str, str] = field(default_factory=dict)
    contract: str = AUTO
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    currency_code: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str = AUTO
    constants: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    amount_per: str = AUTO
    amount_unit: str = AUTO
    totals: str = AUTO
    ignored_columns: str = ""
    encoding: str = AUTO
    delimiter: str = AUTO
    decimal_separator: str = AUTO
    date_format: str = AUTO
    name_prefix: str = ""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Settings from a Singer config.

        Raises
        ------
        ConfigValidationError
            Naming every setting that has an impossible value.
        """
        config = {key: value for key, value in config.items() if value is not None}
        config = _with_constants(config, set(cls.__dataclass_fields__))
        if errors := list(_errors(config)):
            message = "tap-files settings are wrong"
            raise ConfigValidationError(message, errors=errors)
        values = {k: config[k] for k in cls.__dataclass_fields__ if k in config}
        values["paths"] = tuple(values.get("paths", ()))
        if "time_zone" in values:
            values["time_zone"] = ZoneInfo(values["time_zone"])
        return cls(**values)

    @property
    def fingerprint(self) -> str:
        """Short hash of all that changes how a file is read, not which one it is."""
        which = {"paths", "name_prefix", "database_url", "tables"}
        names = [name for name in self.__dataclass_fields__ if name not in which]
        reading = {name: getattr(self, name) for name in names}
        reading |= {"time_zone": self.time_zone.key, "reading": _READING}
        text = msgspec.json.encode(reading)
        return hashlib.sha256(text).hexdigest()[:16]


def _with_constants(config: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """``channel=Meta Ads`` is short for a constant of that name."""
    columns = {
        c.name for contract in load_contracts().values() for c in contract.columns
    }
    short = {k: v for k, v in config.items() if k in columns - known}
    rest = {k: v for k, v in config.items() if k not in short}
    if short:
        rest["constants"] = {**short, **rest.get("constants", {})}
    return rest


def _errors(config: Mapping[str, Any]) -> list[str]:
    checks: dict[str, tuple[Callable[[Any], bool], str]] = {
        "time_zone": (_is_time_zone, "an IANA time zone such as Europe/Madrid"),
        "currency_code": (_is_currency, "an ISO 4217 code such as EUR"),
        "encoding": (_is_encoding, "auto or an encoding such as utf-8 or cp1252"),
        "delimiter": (_is_delimiter, "auto or one character"),
        "columns": (_are_columns, "a map whose keys are columns of a contract"),
        "constants": (_are_columns, "a map whose keys are columns of a contract"),
        "statuses": (_are_statuses, "a map whose values are " + ", ".join(MEANINGS)),
    }
    if not config.get("paths") and not config.get("database_url"):
        return ["paths is missing: it must name what is to be read"]
    if config.get("database_url") and not config.get("tables"):
        return ["tables is missing: it must name what is read of the database"]
    return [
        f"{key} is {config[key]!r}: it must be {expected}"
        for key, (is_good, expected) in checks.items()
        if key in config and not is_good(config[key])
    ]


def _is_time_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_currency(value: str) -> bool:
    return value in currency_codes()


def _is_encoding(value: str) -> bool:
    try:
        return value == AUTO or bool(codecs.lookup(value))
    except LookupError:
        return False


def _is_delimiter(value: str) -> bool:
    return value == AUTO or (len(value) == 1 and value not in '"\r\n')


def _are_columns(value: Mapping[str, str]) -> bool:
    contracts = load_contracts().values()
    return set(value) <= {c.name for contract in contracts for c in contract.columns}


def _are_statuses(value: Mapping[str, str]) -> bool:
    return set(value.values()) <= set(MEANINGS)
