"""Sales without the day of their payment, where others have one."""

from __future__ import annotations

from taps.tap_files.log_columns import DAYS, LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text

__all__ = ["UnpaidRows"]

_PAID = frozenset(
    {"paid", "pago", "pagado", "pagada", "payment", "pagamento", "cobro", "cobrado"}
    | {"bezahlt", "zahlung", "zahlungsdatum", "paiement", "reglement", "betaald"}
    | {"pagato", "betaling"}
)
_NOT_YET = frozenset(
    {"due", "vencimiento", "vence", "limite", "limit", "prevista", "previsto", "plazo"}
    | {"fallig", "falligkeit", "zahlungsziel", "echeance", "scadenza", "vervaldatum"}
)


class UnpaidRows:
    """Asks whether a sale counts whose payment has no day."""

    def __init__(self, log: LogColumns) -> None:
        paid = set(log.holding(_PAID)) & set(log.holding(DAYS))
        later = set(log.holding(_NOT_YET))
        read = log.day
        self._log = log
        self._positions = [] if log.tells_status else sorted(paid - later - {read})
        self._paid: set[int] = set()
        self._unpaid: dict[int, int] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        for position in self._positions:
            amount = self._log.amount_of(row)
            if any(c.isdigit() for c in as_text(row.cells[position])):
                self._paid.add(position)
            elif not is_negative(amount) and any(c in "123456789" for c in amount):
                self._unpaid.setdefault(position, row.line)

    def ask(self) -> None:
        """Raise FileError where some sales have one, and others none."""
        for position in sorted(self._paid & self._unpaid.keys()):
            header = self._log.title(position)
            problem = (
                f"the column {header!r} is empty where others tell when a sale was "
                "paid, and whether it was is not known"
            )
            remedy = (
                f"columns.purchased_at={header} leaves out what was not paid, or "
                f"ignored_columns={header} counts it"
            )
            line = self._unpaid[position]
            raise FileError(self._log.name, problem, remedy=remedy, line=line)
