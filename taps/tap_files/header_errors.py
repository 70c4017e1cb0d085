"""What is said of a header that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from taps.tap_files.problems import FileError
from taps.tap_files.values.moments import order_shown_by
from taps.tap_files.wording import normalised, sign_at_end, words_in

if TYPE_CHECKING:
    from taps.tap_files.contract import Column
    from taps.tap_files.headers import Binding

__all__ = ["looks_like_data", "missing_columns", "nearest", "refuse_doubled_columns"]
__all__ += ["refuse_subscriptions", "tells_money"]

_MOST_LIKELY = 4
_FEWEST_FOUND = 2
_OWN_TABLES = "marketplace_"
"""Tables of a program of one's own: no program exports files like them."""
_SUBSCRIPTIONS = frozenset(
    {"subscription", "subscriptionid", "suscripcion", "suscripcionid", "idsuscripcion"}
)
_RECURRING = (
    *("interval", "frequency", "nextcharge", "nextpayment", "nextbilling", "renew"),
    *("periodicidad", "frecuencia", "proximocobro", "proximopago", "renovacion"),
)
#: Words of many names: they say nothing of what a column means.
_ANY = frozenset(
    {"number", "name", "address", "code", "numero", "nombre", "del", "los", "the"}
)
_SURVEYS = "survey_responses"
_RATED = {"webinar_ratings": "webinar_id", "marketplace_ratings": "order_id"}
"""Contract of ratings -> column of what they are of."""
_ASKED = frozenset({"nps", "csat", "ces", "encuesta", "survey", "recommend"})
_WORD = re.compile(r"[^\W\d_]{3,}")
_VALUE = re.compile(r"\s*[-+]?[\d.,/:\-]*\d[\d.,/:\-]*\s*|.*@.*\..*")


def looks_like_data(header: Sequence[str]) -> bool:
    """Whether a first line holds values (a number, a date, an address), not names."""
    return any(_VALUE.fullmatch(cell) or order_shown_by(cell) for cell in header)


def missing_columns(name: str, header: Sequence[str], binding: Binding) -> FileError:
    """What a file lacks of a contract, with what to do about it."""
    if looks_like_data(header):
        remedy = "Add a first line with the names of the columns"
        problem = "the first line holds values, not column names"
        return FileError(name, problem, remedy=remedy, line=1)
    missing = ", ".join(column.name for column in binding.missing)
    found = ", ".join(cell.strip() for cell in header)
    kind = binding.preset.title if binding.preset else binding.contract.name
    problem = f"no column for {missing} of the contract {kind}; columns found: {found}"
    return FileError(name, problem, remedy=_remedy(header, binding))


def _remedy(header: Sequence[str], binding: Binding) -> str:
    first = binding.missing[0]
    setting = f"columns.{first.name}=<column of the file>"
    remedy = f"Name the column with the setting {setting}"
    if likely := _likely(header, binding, first):
        headers = " or ".join(map(repr, likely))
        remedy = f"Perhaps it is {headers}: say which with the setting {setting}"
    elif first.name == "spend_date":
        remedy = (
            "Export the report again broken down by day, or name the column of the day "
            f"with the setting {setting}"
        )
    # One text for the ids, days or amounts of all rows would make them one.
    if first.type == "string" and not first.name.endswith("_id"):
        text = "|".join(first.one_of) or "text"
        remedy += (
            f", or say what stands for it in every row with "
            f"constants.{first.name}=<{text}>"
        )
    if binding.contract.name == "purchases" and first.name == "customer_id":
        remedy += ", or say with constants.customer_id= (empty) that it tells no buyers"
    return f"{remedy}. If the file holds something else, say what with --contract"


def _likely(header: Sequence[str], binding: Binding, column: Column) -> list[str]:
    """Headers nobody reads that share a word with what usually names a column."""
    usual = {word for alias in column.aliases for word in _words(alias)}
    unread = [h for i, h in enumerate(header) if i not in binding.used]
    return [h.strip() for h in unread if usual & _words(h)][:_MOST_LIKELY]


def _words(text: str) -> set[str]:
    words = map(normalised, _WORD.findall(text.replace("_", " ")))
    return set(words) - _ANY


def refuse_doubled_columns(name: str, binding: Binding) -> None:
    """Raise FileError where a column that is read appears twice."""
    # Total (€) beside Total ($) are two columns, of which one is the company's.
    keys = [normalised(cell) + sign_at_end(cell) for cell in binding.header]
    for column in _doubled(keys, binding.positions):
        problem = f"the column for {column} appears more than once"
        raise FileError(name, problem, remedy="Rename or remove one of them", line=1)


def refuse_subscriptions(name: str, binding: Binding) -> None:
    """Raise FileError where rows of a log without orders are subscriptions.

    Their prices are charged again and again, and never on the day they began.
    """
    if binding.contract.name != "purchases" or binding.preset:
        return
    if "purchase_id" in binding.positions:
        return
    keys = [normalised(cell) for cell in binding.header]
    recurring = [key for key in keys if any(word in key for word in _RECURRING)]
    if not recurring or not any(key in _SUBSCRIPTIONS for key in keys):
        return
    header = binding.header[keys.index(recurring[0])].strip()
    problem = f"the column {header!r} says that rows are subscriptions, not purchases"
    remedy = (
        "Read them as such with the setting contract=subscriptions, naming its columns "
        "(columns.account_id=<column of the file> ...), or as purchases with "
        "contract=purchases"
    )
    raise FileError(name, problem, remedy=remedy, line=1)


def nearest(bindings: Sequence[Binding]) -> Binding:
    """The contract most of whose columns are there, of those found or required.

    A file that tells money is of a contract whose money it tells: a till's receipts
    are no answers to a webinar. Of two that are as near, the one before which more of
    the others give way.
    """
    of_money = [b for b in bindings if b.contract.amount_column]
    near = [b for b in of_money if tells_money(b)]
    if not near and any("currency_code" in b.positions for b in of_money):
        near = of_money
    near = [b for b in near if not b.contract.name.startswith(_OWN_TABLES)] or near
    if not near and (survey := _of_a_survey(bindings)):
        return survey
    if near:
        bindings = [
            b for b in near if len(b.missing) == min(len(n.missing) for n in near)
        ]
    return max(bindings, key=lambda b: (_found_share(b), len(b.contract.supersedes)))


def _of_a_survey(bindings: Sequence[Binding]) -> Binding | None:
    """The contract of surveys, where a score is of no webinar and of no order."""
    named = {binding.contract.name: binding for binding in bindings}
    survey = named.get(_SURVEYS)
    if survey is None or "score" not in survey.positions:
        return None
    for name, subject in _RATED.items():
        if name in named and subject in named[name].positions:
            return None
    words = {word for title in survey.header for word in words_in(title)}
    is_answered = survey.positions.keys() & {"response_id", "answered_at"}
    return survey if is_answered or words & _ASKED else None


def tells_money(binding: Binding) -> bool:
    """Whether the amount is there, or what it is the product of, and something else."""
    name, found = binding.contract.amount_column, binding.positions.keys()
    (amount,) = (c for c in binding.contract.columns if c.name == name)
    product = set(amount.product_of)
    is_told = name in found or (bool(product) and product <= found)
    return is_told and len(found) >= _FEWEST_FOUND


def _found_share(binding: Binding) -> float:
    found = len(binding.positions)
    return found / (found + len(binding.missing))


def _doubled(keys: Sequence[str], positions: Mapping[str, int]) -> Iterator[str]:
    return (c for c, position in positions.items() if keys.count(keys[position]) > 1)
