"""Rows that add up others: totals that reports put below, above or between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["TotalRows", "begins_with_total", "refuse_all_totals"]

_LABEL = re.compile(
    r"(?:(?:grand|gran|sub|sous)[ -]?)?tota(?:l(?:es|s|e|i)?|ux|al)(?:\b|:)"
    r"|somm[ae]\b|suma\b|sum\b|soma\b"
    r"|(?:(?:gesamt|zwischen)?summe|gesamt)\b"
    r"|results? from\b|(?:all|todo|todos|todas)$",
    re.IGNORECASE,
)
_PERIOD = (
    r"(?:del?\s+|da\s+|do\s+|of\s+|for\s+)*(?:(?:el|la|this|the)\s+)?(?:general|"
    r"mes|month|m[eê]s|day|d[ií]a|dia|semana|week|a[nñ]o|ano|year|trimestre|quarter|q[1-4]|"
    r"ene|enero|jan|january|janeiro|feb|febrero|february|fev|fevereiro|mar|marzo|march|"
    r"mar[cç]o|abr|abril|apr|april|may|mayo|maio|mai|jun|junio|june|junho|jul|julio|july|"
    r"julho|ago|agosto|aug|august|sept?|sept?iembre|september|set|setembro|oct|octubre|"
    r"october|out|outubro|nov|noviembre|november|novembro|dic|diciembre|dec|december|dez|"
    r"dezembro|(?:19|20)\d\d|\d{1,2}[/-](?:19|20)?\d\d|"
    # What was added up, and for whom.
    r"ventas?|sales|vendas|umsatz|ingresos|revenue|pedidos|orders|facturas|invoices|"
    r"facturad[oa]|facturaci[oó]n|cobrad[oa]|importes?|amount|clientes?|customers?|"
    r"tienda|store|caja|turno|shift)"
)
_BALANCE = re.compile(
    r"(?:saldo|balance|solde)[\s:]+(?:de\s+|al\s+)?(?:inicial|anterior|final|apertura|cierre|"
    r"iniziale|finale|precedente|initial|pr[eé]c[eé]dent|brought|carried|forward)\b.*"
    r"|(?:opening|closing|previous|ending|starting)\s+balance\b.*"
    r"|(?:brought|carried)\s+forward|suma\s+y\s+sigue|suma\s+anterior"
    r"|(?:apertura|cierre|fondo|arqueo|cuadre)\s+(?:de\s+|del\s+)?(?:caja|turno|d[ií]a)\b.*"
    r"|(?:abertura|fecho|fechamento)\s+(?:de|do)\s+caixa\b.*|opening\s+float|cash\s+float"
    r"|z[\s-]report|(?:anfangs|end)bestand|[uü]bertrag|saldovortrag"
    r"|(?:kassen|tages)abschluss|kassensturz"
    r"|report\s+[aà]\s+nouveau|[aà]\s+nouveau|fonds?\s+de\s+caisse|riporto",
    re.IGNORECASE,
)
"""What a ledger or a till writes above and below its rows."""
_TAXED = (
    r"(?:con|sin|incl?\.?|excl?\.?|mit|ohne|avec|sans|com|sem|senza)\s+"
    r"(?:iva|vat|tax|mwst|tva|impuestos?|steuer|btw)"
)
_NOTHING_ELSE = re.compile(
    r"(?:(?:(?:grand|gran|sub|sous)[ -]?)?tota(?:l(?:es|s|e|i)?|ux|al)|somm[ae]"
    r"|soma|gesamt"
    r"|(?:gesamt|zwischen)?sum(?:a|me)?)"
    rf"(?:[\s:,.-]+{_PERIOD})*(?:\s+{_TAXED})?\s*:?"
    r"|promedio|media|m[eé]dia|average|avg\.?|mean|moyenne|durchschnitt|gemiddelde"
    r"|(?:iva|vat|mwst|ust|tva|btw|igic)\.?\s*(?:\(?\d{1,2}(?:[.,]\d+)?\s*%\)?)?\s*:?",
    re.IGNORECASE,
)
_INITIALS = frozenset("aAbBdDgGiImMpPsStTuUvVzZ")
_FIRST_OF_BALANCES = frozenset("aAbBcCeEfFkKoOpPrRsStTuUzZüÜàÀ")
_SAYING = frozenset(
    {
        "concepto",
        "concept",
        "descripcion",
        "description",
        "documento",
        "document",
        "detalle",
    }
    | {
        "details",
        "memo",
        "tipo",
        "type",
        "movimiento",
        "texto",
        "text",
        "conceito",
        "bezeichnung",
    }
    | {"libelle", "descricao", "descrizione", "buchungstext"}
)
"""Words of headers of what a row is, in words."""
_DATED = "a row of totals that has a date of its own"
_CARRIED = "the row says what a ledger or a till began or ended with"
_NAMELESS = "the row has an amount, and neither a day nor a buyer"
_FEW = 0.05
_LETTERS = re.compile(r"[^\W\d_]")
_NAMING = frozenset(
    {
        "customer_id",
        "purchase_id",
        "order_id",
        "order_name",
        "campaign_name",
        "channel",
    }
)
_OF_WHOM = frozenset({"customer_id", "purchase_id"})
_CONTRACTS = frozenset(
    {"purchases", "ad_spend", "invoices", "payments", "subscriptions"}
)
_DIGIT = re.compile(r"\d")
_SOMETHING = re.compile(r"[1-9]")


def begins_with_total(cells: Sequence[Cell]) -> bool:
    """Whether the first thing that a row says is that it is a total."""
    first = next((text for text in map(as_text, cells) if text), "")
    return _LABEL.match(first) is not None


class _NamelessLines:
    """Rows without a day and a name that are lines of the sale above, not totals."""

    def __init__(self, name: str, binding: Binding) -> None:
        self._name = name
        self._is_log = binding.contract.name == "purchases" and not binding.preset
        self._amounts = set(binding.positions_of("number"))
        self._lines: list[int] = []
        self.count = 0

    def holds(self, row: Row) -> bool:
        """Whether the row says what was sold; then it is kept in mind."""
        if not self._is_log or any(_LABEL.match(as_text(cell)) for cell in row.cells):
            return False
        others = (c for at, c in enumerate(row.cells) if at not in self._amounts)
        if says_more := any(_LETTERS.search(as_text(cell)) for cell in others):
            self._lines.append(row.line)
        return says_more

    def refuse_many(self) -> None:
        """Raise FileError where such rows are more than a slip."""
        lines = self._lines
        if len(lines) > max(1, self.count * _FEW):
            remedy = "Fill the day and the buyer in on each row, or take the rows out"
            problem = f"{len(lines)} of {self.count} rows: {_NAMELESS}"
            raise FileError(self._name, problem, remedy=remedy, line=lines[0])


class TotalRows:
    """Tells the total rows of one file from the others.

    A total row has no date, and says that it is one or has nothing but numbers. One
    that has a date and says nothing but that it is a total is set aside.
    """

    def __init__(self, name: str, binding: Binding) -> None:
        self._nameless = _NamelessLines(name, binding)
        self._is_looked_for = binding.contract.name in _CONTRACTS
        self._dates = binding.positions_of("date", "date-time")
        texts = {*binding.positions_of("string")}
        texts |= {p for others in binding.others.values() for p in others}
        self._texts = sorted(texts)
        self._amounts = binding.positions_of("number")
        names = binding.positions.items()
        self._names = sorted({p for name, p in names if name in _NAMING} | {0})
        named = {p for name, p in names if name in _OF_WHOM}
        self._of_whom = sorted(named)
        unnamed = set(range(len(binding.header))) - set(self._names)
        self._unnamed = sorted(unnamed) if named else []
        self._balances = _Balances(binding, is_looked_for=self._is_looked_for)
        self._above: Sequence[Cell] = ()
        self.rows: list[Row] = []

    def left_out(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows that are no totals; FileError where many are lines of a sale."""
        for row in rows:
            self._nameless.count += 1
            if (
                self._is_looked_for
                and not row.problem
                and _is_total(row.cells, self._dates, self._texts, self._amounts)
            ):
                if self._nameless.holds(row):
                    yield Row(row.line, (), _NAMELESS)
                else:
                    self.rows.append(row)
            elif not row.problem and self._is_dated_total(row.cells):
                yield Row(row.line, (), _DATED)
            elif not row.problem and self._balances.holds(row.cells):
                yield Row(row.line, (), _CARRIED)
            else:
                self._above = row.cells
                yield row
        self._nameless.refuse_many()

    def _is_dated_total(self, cells: Sequence[Cell]) -> bool:
        is_of_nobody = not any(cells[position] for position in self._of_whom)
        unnamed = self._unnamed if is_of_nobody else ()
        for position in (*self._names, *unnamed):
            text = cells[position]
            if not isinstance(text, str) or text.lstrip()[:1] not in _INITIALS:
                continue  # most rows, at once
            if _NOTHING_ELSE.fullmatch(text.strip()) or _adds_up(
                text, *cells, *self._above
            ):
                return True
        return False


def _is_total(
    cells: Sequence[Cell],
    dates: Sequence[int],
    texts: Sequence[int],
    amounts: Sequence[int],
) -> bool:
    """Whether a row without a date says that it is a total, or has but numbers."""
    date = as_text(cells[dates[0]]) if dates else ""
    if _LABEL.match(date):
        return True
    if _DIGIT.search(date):
        return False
    said = [as_text(cells[position]) for position in texts]
    if begins_with_total(cells) or any(map(_LABEL.match, said)):
        return True
    has_amount = any(as_text(cells[position]) for position in amounts)
    return has_amount and not any(said) and not date


def _adds_up(text: str, *said: Cell) -> bool:
    """Whether it is the total of what one of these cells names."""
    label = _LABEL.match(text.strip())
    of_whom = text.strip()[label.end() :].strip(" :-").casefold() if label else ""
    names = (cell for cell in said if of_whom and isinstance(cell, str))
    return any(cell.strip().casefold() == of_whom for cell in names)


class _Balances:
    """Tells rows of what a ledger or a till carries over."""

    def __init__(self, binding: Binding, *, is_looked_for: bool) -> None:
        self._saying = _saying(binding) if is_looked_for else ()

    def holds(self, cells: Sequence[Cell]) -> bool:
        """Whether the row is one."""
        return any(
            isinstance(text, str)
            and text.lstrip()[:1] in _FIRST_OF_BALANCES
            and _BALANCE.fullmatch(text.strip())
            for text in map(cells.__getitem__, self._saying)
        )


def _saying(binding: Binding) -> tuple[int, ...]:
    """Positions of names, and of columns that say in words what a row is."""
    names = {p for name, p in binding.positions.items() if name in _NAMING}
    unread = set(range(len(binding.header))) - binding.used
    said = {at for at in unread if words_in(binding.header[at]) & _SAYING}
    return tuple(sorted(names | said))


def refuse_all_totals(name: str, binding: Binding, totals: Sequence[Row]) -> None:
    """Raise FileError where a file tells money, and in rows of totals only."""
    amounts = binding.positions_of("number")
    told = [
        row
        for row in totals
        if any(_SOMETHING.search(as_text(row.cells[at])) for at in amounts)
    ]
    if not told:
        return
    problem = (
        f"each of the {len(totals)} rows looks like a total: no column that is read "
        "names a day, or what the money is of"
    )
    remedy = (
        "Export the rows that the totals are of, or name their columns with the "
        "setting columns.<column>=<column of the file>"
    )
    raise FileError(name, problem, remedy=remedy, line=told[0].line)
