"""Bills and what was paid for them, in rows of their own, as accounts list them."""

from __future__ import annotations

from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["PaidBills"]

_KINDS = frozenset(
    {
        "type", "tipo", "kind", "clase", "typ", "transaction", "document", "documento",
        "concepto", "concept", "movimiento", "movement", "operacion", "operation",
        "vorgang", "belegart", "piece", "operacao",
    }
)  # fmt: skip
_BILLS = frozenset(
    {
        "invoice", "salesinvoice", "bill", "factura", "facturadeventa", "boleta",
        "rechnung", "facture", "fatura", "fattura", "factuur",
    }
)  # fmt: skip
_PAYMENTS = frozenset(
    {
        "payment", "paymentreceived", "customerpayment", "receivepayment", "pago",
        "pagorecibido", "pagodecliente", "cobro", "zahlung", "zahlungseingang",
        "paiement", "reglement", "encaissement", "pagamento", "incasso", "betaling",
        "recebimento",
    }
)  # fmt: skip


class PaidBills:
    """Asks where a column calls some rows bills and others payments.

    Added up, what was sold counts twice; with a minus, a payment would be a return.
    """

    def __init__(self, log: LogColumns, settings: Settings) -> None:
        self._log, self._kinds = log, log.holding(_KINDS)
        self._told = {normalised(word) for word in settings.statuses}
        self._bills: dict[int, str] = {}
        self._payments: dict[int, Place] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not (
            self._kinds and any(c in "123456789" for c in self._log.amount_of(row))
        ):
            return
        for position in self._kinds:
            text = as_text(row.cells[position])
            word = normalised(text)
            if position in self._log.states and word in self._told:
                continue
            if word in _BILLS:
                self._bills.setdefault(position, text)
            elif word in _PAYMENTS:
                self._payments.setdefault(position, (row.line, position, text))

    def ask(self) -> None:
        """Raise FileError where a file holds both."""
        both = self._bills.keys() & self._payments.keys()
        found = min((self._payments[each] for each in both), default=None)
        if found is None:
            return
        line, position, text = found
        header = self._log.title(position)
        problem = (
            f"the column {header!r} says {self._bills[position]!r} of some rows and "
            f"{text!r} of others: what was billed and what was paid for it would be "
            "added up"
        )
        status = self._log.status_and(header)
        remedy = (
            f"columns.status={status} with statuses.{text}=left_out counts what was "
            f"billed; ignored_columns={header} adds all up"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)
