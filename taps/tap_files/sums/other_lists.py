"""Lists whose other columns say that their rows are no sales.

A cart that was left tells whether it was recovered, an offer until when it holds, a
dispute until when evidence is wanted, a subscription when it is charged next.
"""

from __future__ import annotations

from typing import Final

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["OtherLists"]

_PAYMENTS: Final = "Export what was paid"
#: What a header holds, as headers are compared -> what its rows are, what to export.
_KINDS: Final = {
    (
        *("abandoned", "recovered", "recoveryurl", "abandonedat", "abandonedcarturl"),
        *("recuperado", "recuperada", "abandonado", "abandonada", "fechadeabandono"),
    ): ("carts that were left", "Export the orders"),
    (
        *("validuntil", "validez", "validezdias", "vigencia", "validohasta"),
        *("validahasta", "quotevaliduntil", "gultigbis", "valablejusquau", "validita"),
    ): ("offers", "Export what was sold"),
    (
        *("probabilidad", "probability", "winprobability", "closeprobability"),
        *("expectedclosedate", "expectedclose", "cierreprevisto", "forecastcategory"),
        *("fechaprevistadecierre", "wahrscheinlichkeit", "probabilite", "probabilita"),
        *("probabilidade", "fechacierreprevista", "fechadecierreprevista"),
    ): ("deals that may be won", "Export those that were won, or the orders"),
    (
        *("evidencedueby", "evidencedue", "disputereason", "motivodeladisputa"),
        "motivodisputa",
    ): ("disputes", _PAYMENTS),
}
_PAYOUTS: Final = frozenset({"payoutid", "payout", "payoutnumber", "idpayout", "poid"})
"""What numbers the rows of payouts; payments tell beside their own number in which."""
_HOURS: Final = frozenset({"hours", "horas", "stunden", "heures", "ore", "uren", "hrs"})
_WORKERS: Final = frozenset(
    {"employee", "empleado", "empleada", "trabajador", "trabajadora", "consultant"}
    | {"consultor", "worker", "staff", "task", "tarea", "mitarbeiter", "salarie"}
    | {"dipendente", "medewerker", "rate", "tarifa", "colaborador", "funcionario"}
    | {"freelancer", "stundensatz", "billable", "facturable", "project", "proyecto"}
)
"""Beside hours: who worked, at what, and for how much each."""
_RECURRING: Final = (
    *("firstpayment", "lastpayment"),
    *("nextbilling", "nextpayment", "nextcharge", "nextrenewal", "nextinvoice"),
    *("renewaldate", "renewson", "renewsat", "billinginterval", "billingcycle"),
    *("billingfrequency", "intervalunit", "proximocobro", "proximopago"),
    *("proximafactura", "proximarenovacion", "fechaderenovacion", "fecharenovacion"),
    *("periodicidad", "frecuenciadecobro", "frecuenciadepago", "prochainpaiement"),
    *("prochaineecheance", "nachstezahlung", "abrechnungsintervall"),
    *("proximacobranca", "prossimopagamento"),
)
"""Headers of a list of subscriptions, and of some lists of what they were charged."""
_OF_SALES: Final = frozenset(
    {
        *(
            "order",
            "pedido",
            "orden",
            "invoice",
            "factura",
            "payment",
            "pago",
            "charge",
        ),
        *("cobro", "transaction", "transaccion", "receipt", "recibo"),
        *(
            "sale",
            "venta",
            "bestellung",
            "rechnung",
            "commande",
            "facture",
            "ordine",
            "fattura",
        ),
    }
)
"""Whose number a row may have that is a sale."""
_UNSAID: Final = frozenset({"", "na", "null", "none"})
_ROWS_EACH: Final = 1.5
"""So many rows a customer has at least where each is a charge, and not a contract."""


class OtherLists:
    """Asks where a column tells what only rows have that are no sales."""

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        self._at: int | None = None
        self._said, self._export = "", ""
        for words, (said, export) in _KINDS.items():
            self._look_for(words, said, export)
        if log.keys[0] in _PAYOUTS:
            self._at, self._said, self._export = 0, "payouts", "Export the payments"
        number = binding.positions.get("purchase_id")
        names = "" if number is None else normalised(log.header[number])
        self._is_recurring = False
        if log.holding(_WORKERS) and (hours := log.holding(_HOURS)):
            self._at = next((at for at in hours if at not in log.read), None)
            self._said, self._export = "hours of work", "Export what was billed"
        # A row with the number of an order, or of a bill, is one.
        if any(word in names for word in _OF_SALES):
            self._at = None
        elif self._at is None:
            self._is_recurring = True
            export = f"{_PAYMENTS}, or read the list with --contract subscriptions"
            self._look_for(_RECURRING, "subscriptions, charged again and again", export)
        self._customer = binding.positions.get("customer_id")
        self._count, self._is_said = 0, False
        self._customers: set[str] = set()

    def _look_for(self, words: tuple[str, ...], said: str, export: str) -> None:
        for at, key in enumerate(self._log.keys):
            if self._at is not None or at in self._log.read:
                continue
            if key in words or (words is _RECURRING and any(w in key for w in words)):
                self._at, self._said, self._export = at, said, export

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._at is None:
            return
        self._count += 1
        text = normalised(as_text(row.cells[self._at]))
        self._is_said = self._is_said or text not in _UNSAID
        if self._is_recurring and self._customer is not None:
            self._customers.add(as_text(row.cells[self._customer]))

    def ask(self) -> None:
        """Raise FileError where such a column is there."""
        is_charged = self._customers and self._count >= _ROWS_EACH * len(
            self._customers
        )
        if self._at is None or not self._is_said or is_charged:
            return
        header = self._log.title(self._at)
        problem = (
            f"the {self._count} rows may be {self._said}, which have a column such as "
            f"{header!r}"
        )
        remedy = f"{self._export}; ignored_columns={header} says that they are sales"
        raise FileError(self._log.name, problem, remedy=remedy)
