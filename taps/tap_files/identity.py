"""Whether the rows of one order id agree, found without keeping the file in memory.

Spreadsheets turn long numbers into ``6,80E+12``: many orders then share an id, and
would be added up as one. An id is trusted only if its rows have one customer and one
day (in Shopify's export: one name).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Identities"]

_ROUNDED = re.compile(r"-?\d(?:[.,]\d+)?[eE]\+?\d+")
_IDS = (
    "purchase_id", "order_id", "order_name", "customer_id", "user_id", "payment_id",
    "account_id", "campaign_id",
)  # fmt: skip
_ORDER_WORDS = ("order", "pedido", "orden", "invoice", "factura")
_NOTES = frozenset(
    {"note", "notes", "nota", "notas", "comment", "comments", "address", "direccion"}
)
_OF_A_LINE = frozenset(
    {"line", "linea", "item", "row", "linha", "zeile", "ligne", "riga"}
)
_SHOPS = frozenset(
    {"tienda", "store", "shop", "sucursal", "caja", "register", "till"}
    | {"terminal", "branch", "outlet", "kasse", "filiale", "magasin", "caisse"}
    | {"negozio", "cassa", "loja", "caixa", "punto", "winkel", "kassa"}
)
"""Words of headers of who counts tickets, or bills, from one on."""
_SERIES = frozenset({"serie", "series", "prefijo", "prefix"})
"""Headers, whole, of series that each count from one on: *Nº de serie* is of goods."""
_EXAMPLES = 3
_AS_TEXT = (
    "Do not open the file in Excel before it is read; if it must be, import it with "
    "Data > From Text/CSV and give that column the type Text"
)
_NO_ID = (
    "Export the order's own number, as text; if each row is a purchase of its own, say "
    "so with the setting columns.purchase_id= (empty)"
)

Hashes = npt.NDArray[np.int64]


def _taking(positions: list[int]) -> Callable[[Sequence[Cell]], object]:
    """What takes these cells of a row, at once."""
    return itemgetter(*positions) if positions else tuple


class Identities:
    """Collects in the first pass what each row says of its order.

    Raises
    ------
    FileError
        By ``add``: an id was rounded by a spreadsheet.
    """

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._binding, self._settings = name, binding, settings
        at = binding.positions
        self._ids = [(column, at[column]) for column in _IDS if column in at]
        self._is_shopify = binding.contract.name == "shopify_orders"
        is_log = binding.contract.name == "purchases"
        self._id = at.get("order_id" if self._is_shopify else "purchase_id")
        if not (is_log or self._is_shopify):
            self._id = None
        self._who = at.get("order_name" if self._is_shopify else "customer_id")
        self._day = None if self._is_shopify else at.get("purchased_at")
        self._amount = at.get("total" if self._is_shopify else "amount")
        # Of a price that is multiplied the quantity has the sign.
        self._signed = self._amount if self._amount is not None else at.get("quantity")
        told = {**(binding.preset.statuses if binding.preset else {})}
        told |= settings.statuses
        self._returned = {normalised(k) for k, v in told.items() if v == "returned"}
        states = (at.get("status"), *binding.others.get("status", ()))
        # Rows that differ in these alone are no lines of an order.
        self._beside = set(states)
        self._notes = {p for p, h in enumerate(binding.header) if words_in(h) & _NOTES}
        rest = [at for at in range(len(binding.header)) if at not in self._beside]
        self._rest = _taking(rest)
        self._plain = _taking([at for at in rest if at not in self._notes])
        self._states = [one for one in states if one is not None and self._returned]
        ignored = {normalised(h) for h in settings.ignored_columns.split("|")}
        is_open = is_log and binding.preset is None
        is_open = is_open and "|" not in settings.columns.get("purchase_id", "")
        self._shops = [
            position
            for position, header in enumerate(binding.header)
            if is_open and position not in binding.used
            if words_in(header) & _SHOPS and normalised(header) not in ignored
        ]
        self._series = [
            position
            for position, header in enumerate(binding.header)
            if is_open and position not in binding.used
            if normalised(header) in _SERIES - ignored
        ]
        self._columns = {
            column: array("q")
            for column in ("id", "who", "day", "amount", "row", "plain", "line", "shop")
        }
        self._columns["series"] = array("q")

    def add(self, row: Row) -> None:
        """Take in a row."""
        for column, position in self._ids:
            text = as_text(row.cells[position])
            if text[-1:].isdigit() and _ROUNDED.fullmatch(text):
                header = self._binding.header[position].strip()
                problem = (
                    f"the column {header!r} ({column}) holds {text}: a spreadsheet "
                    "rounded its numbers, and different ones are now equal"
                )
                raise FileError(self._name, problem, remedy=_AS_TEXT, line=row.line)
        if self._id is None or not (order_id := as_text(row.cells[self._id])):
            return
        amount, signed = self._text(row, self._amount), self._text(row, self._signed)
        if is_negative(signed) or self._comes_back(row) or self._is_return(row):
            return  # what is given back, or comes back, has a day of its own
        self._append("id", hash(order_id))
        self._append("who", self._hash(self._text(row, self._who)))
        day = self._text(row, self._day).replace("T", " ").partition(" ")[0]
        self._append("day", self._hash(day))
        self._append("amount", self._hash(amount))
        whole, plain = self._rest(row.cells), self._plain(row.cells)
        self._append("row", hash(whole))
        self._append("plain", hash(plain))
        self._append("line", row.line)
        for column, those in (("shop", self._shops), ("series", self._series)):
            said = " ".join(self._text(row, at) for at in those).strip()
            self._append(column, self._hash(said))

    def _is_return(self, row: Row) -> bool:
        return any(
            normalised(as_text(row.cells[at])) in self._returned for at in self._states
        )

    def _comes_back(self, row: Row) -> bool:
        preset, at = self._binding.preset, self._binding.positions.get("status")
        if preset is None or at is None or not preset.comes_back:
            return False
        return as_text(row.cells[at]) in preset.comes_back

    def check(self) -> bool:
        """Whether each row repeats the amount of its whole order.

        Raises
        ------
        FileError
            Rows of one id are not of one order, or it cannot be told whether their
            amounts add up.
        """
        if self._id is None or not self._columns["id"]:
            return self._is_declared_per_order()
        named = {k: np.frombuffer(v, dtype=np.int64) for k, v in self._columns.items()}
        order = np.lexsort((named["line"], named["id"]))
        columns = {name: values[order] for name, values in named.items()}
        again = columns["id"][1:] == columns["id"][:-1]
        self._refuse_shops(columns, again & _differ(columns["shop"]), self._shops)
        people = "names" if self._is_shopify else "customers"
        for column, what in (("who", people), ("day", "days")):
            wrong = again & _differ(columns[column])
            # Rows of one buyer and day are one order, of whatever series.
            self._refuse_shops(
                columns, wrong & _differ(columns["series"]), self._series
            )
            self._refuse(columns, wrong, what)
        return self._is_per_order(columns, again)

    def _refuse(
        self, columns: dict[str, Hashes], wrong: npt.NDArray[np.bool_], what: str
    ) -> None:
        count = len(np.unique(columns["id"][1:][wrong]))
        if not count:
            return
        lines = columns["line"]
        pairs = [
            f"lines {lines[i]} and {lines[i + 1]}"
            for i in np.flatnonzero(wrong)[:_EXAMPLES]
        ]
        header = self._binding.header[self._id or 0].strip()
        problem = (
            f"{count} ids in the column {header!r} stand for rows of different {what} "
            f"({', '.join(pairs)}): they are not one order each"
        )
        remedy = _AS_TEXT if self._is_shopify else f"{_AS_TEXT}. {_NO_ID}"
        raise FileError(self._name, problem, remedy=remedy)

    def _refuse_shops(
        self,
        columns: dict[str, Hashes],
        differs: npt.NDArray[np.bool_],
        shops: Sequence[int],
    ) -> None:
        """Refuse numbers that several shops, or series, may have counted each."""
        if not differs.any():
            return
        at = int(np.flatnonzero(differs)[0])
        first, line = (int(columns["line"][i]) for i in (at, at + 1))
        headers = [self._binding.header[i].strip() for i in shops]
        number = self._binding.header[self._id or 0].strip()
        said = " and ".join(map(repr, headers))
        problem = (
            f"a number in {number!r} stands in rows of several {said} (lines {first} "
            f"and {line}): each may count its own"
        )
        remedy = (
            f"Say so with columns.purchase_id={'|'.join([*headers, number])}, or that "
            f"they are one order with ignored_columns={'|'.join(headers)}"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)

    def _is_declared_per_order(self) -> bool:
        if self._settings.amount_per != AUTO:
            return self._settings.amount_per == "order"
        preset = self._binding.preset
        return preset is not None and preset.amount_per == "order"

    def _is_per_order(
        self, columns: dict[str, Hashes], again: npt.NDArray[np.bool_]
    ) -> bool:
        """Whether all rows of every order hold the same amount, and so its total."""
        if self._is_shopify or self._amount is None:
            return False
        differs = again & _differ(columns["amount"])
        if self._is_declared_per_order():
            self._refuse(columns, differs, "totals")
            return True
        if self._settings.amount_per != AUTO or self._binding.preset is not None:
            return False
        is_line = again & _differ(columns["row"]) & (columns["amount"][1:] != 0)
        repeating = np.unique(columns["id"][1:][is_line])
        if len(repeating) == 1:  # of one alone, another note shows no line
            is_line &= _differ(columns["plain"])
            repeating = np.unique(columns["id"][1:][is_line])
        if not len(repeating) or np.isin(columns["id"][1:][differs], repeating).any():
            return False
        return self._judged(columns, is_line, len(repeating))

    def _judged(
        self, columns: dict[str, Hashes], is_line: npt.NDArray[np.bool_], count: int
    ) -> bool:
        header = self._binding.header[self._amount or 0].strip()
        key = normalised(header)
        if words_in(header) & _OF_A_LINE:
            return False
        if any(word in key for word in _ORDER_WORDS):
            return True
        line = int(columns["line"][1:][is_line][0])
        problem = (
            f"all rows of each of {count} orders hold the same {header!r}: it may be "
            "the total of the order, repeated, or the amount of each row"
        )
        remedy = "Say which with the setting amount_per=order or amount_per=line"
        raise FileError(self._name, problem, remedy=remedy, line=line)

    def _append(self, column: str, value: int) -> None:
        self._columns[column].append(value)

    def _text(self, row: Row, position: int | None) -> str:
        return "" if position is None else as_text(row.cells[position])

    def _hash(self, text: str) -> int:
        """Zero for nothing, which agrees with everything."""
        return hash(text) if text else 0


def _differ(values: Hashes) -> npt.NDArray[np.bool_]:
    """Where a value and the one before it both say something, and not the same."""
    differs: npt.NDArray[np.bool_] = (
        (values[1:] != values[:-1]) & (values[1:] != 0) & (values[:-1] != 0)
    )
    return differs
