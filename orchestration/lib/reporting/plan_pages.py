"""A saved plan in the words and numbers of its readers, before it is set on paper.

Money is whole here: no plan is known to the cent. The words are those of
``metabase/labels/plans``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from orchestration.lib.core.translations import read_words
from orchestration.lib.reporting.scenario_plans import Plan

__all__ = ["PlanPage", "Section", "as_markdown", "page_of"]

_AMOUNTS = (
    *("current_spend", "projected_spend", "minimum_spend", "maximum_spend"),
    *("current_expected", "projected_expected"),
)
_BY_VALUE = "value_spend"
_SURE = 0.99
_ASSUMPTIONS = (
    *("baseline", "steady", "observed", "value", "margin", "no_margin", "fit"),
)
_ASKED = ("total_budget", "budget_change_percent", "bounds")


@dataclass(frozen=True)
class Section:
    """A heading, and below it a table (its headers first) or sentences, or both."""

    heading: str
    rows: tuple[tuple[str, ...], ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanPage:
    """Everything a page says, written out; facts and marks are name and value."""

    language: str
    company: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    marks_heading: str
    marks_note: str
    marks: tuple[tuple[str, str], ...]


def page_of(plan: Plan, language: str) -> PlanPage:
    """The plan, as readers of a language read it."""
    return _Writer(plan, language, read_words(language, "plans")).page()


def as_markdown(page: PlanPage) -> str:
    """The page as Markdown."""
    lines = [f"# {page.title}", "", f"{page.company}: {page.kind}.", ""]
    lines += [f"- {name}: {value}" for name, value in page.facts]
    for section in page.sections:
        lines += ["", f"## {section.heading}", "", *_table(section.rows)]
        lines += [f"- {sentence}" for sentence in section.sentences]
    lines += ["", f"## {page.marks_heading}", "", page.marks_note, ""]
    lines += [f"- {name}: `{value}`" for name, value in page.marks]
    return "\n".join([*lines, ""])


def _table(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |"
        if number == 0:
            yield "|---|" + "---:|" * (len(row) - 1)
    if rows:
        yield ""


@dataclass(frozen=True)
class _Writer:
    plan: Plan
    language: str
    words: Mapping[str, str]

    def page(self) -> PlanPage:
        totals, words = self.plan.totals, self.words
        return PlanPage(
            language=self.language,
            company=self.plan.company_name,
            kind=words["kind"],
            title=" ".join(self.plan.labels[self.language].split()),
            facts=tuple(
                (words[f"facts.{name}"], value) for name, value in self._facts()
            ),
            sections=(
                self._section("asked", sentences=self._request_lines()),
                self._section(
                    "totals",
                    self._totals(),
                    (*self._gains(), *self._by_value(), *self._unspent()),
                ),
                self._section("channels", self._channels()),
                self._section("assumptions", sentences=self._assumptions()),
                self._section("came", sentences=(self._came(),)),
            ),
            marks_heading=words["sections.marks"],
            marks_note=words["marks.sealed"],
            marks=tuple(
                (words[f"marks.{name}"], str(totals[name]))
                for name in ("data_hash", "seal")
            ),
        )

    def _section(
        self,
        name: str,
        rows: tuple[tuple[str, ...], ...] = (),
        sentences: tuple[str, ...] = (),
    ) -> Section:
        return Section(self.words[f"sections.{name}"], rows, sentences)

    def _facts(self) -> Iterator[tuple[str, str]]:
        totals = self.plan.totals
        start, end = (self._day(totals[one]) for one in ("start_date", "end_date"))
        yield "period", self.words["period"].format(start=start, end=end)
        yield "days", str(self.plan.days)
        yield "currency", totals["currency_code"]
        if self.plan.asked:
            by, moment = self.plan.asked["requested_by"], self.plan.asked["asked_on"]
            yield "asked_by", f"{by}, {self._day(moment)}"
        yield "scenario", str(totals["scenario_id"])[:8]

    def _request_lines(self) -> tuple[str, ...]:
        payload = self.plan.asked["payload"] if self.plan.asked else {}
        told = {name: payload.get(name) for name in _ASKED}
        return tuple(
            self.words[f"asked.{name}"].format(value=self._typed(value))
            for name, value in told.items()
            if value not in (None, "")
        ) or (self.words["asked.unknown"],)

    def _typed(self, value: Any) -> str:
        try:
            return str(format_decimal(float(value), locale=self.language))
        except ValueError:
            return " ".join(str(value).split())

    def _totals(self) -> tuple[tuple[str, ...], ...]:
        heads = [self.words[f"totals.{one}"] for one in ("measure", "now", "planned")]
        return (
            tuple(heads),
            *(
                (
                    self.words[f"totals.{what}"],
                    *(
                        self._money(self.plan.totals[f"{when}_{what}"])
                        for when in ("current", "projected")
                    ),
                )
                for what in ("income", "spend", "profit")
            ),
        )

    def _gains(self) -> tuple[str, ...]:
        return tuple(self._gain(what) for what in ("income", "profit"))

    def _gain(self, what: str) -> str:
        totals = self.plan.totals
        if totals[f"{what}_gain"] is None:
            return self.words["no_profit"]
        return self.words["gain"].format(
            what=self.words[f"gain_of.{what}"],
            gain=self._money(totals[f"{what}_gain"], "+#,##0;-#,##0"),
            lower=self._money(totals[f"{what}_gain_lower"], "+#,##0;-#,##0"),
            upper=self._money(totals[f"{what}_gain_upper"], "+#,##0;-#,##0"),
            probability=self._probability(totals[f"probability_more_{what}"]),
        )

    def _by_value(self) -> Iterator[str]:
        """What 12-month value says of it; plans from before it was told, nothing."""
        basis = self.plan.totals.get("value_basis")
        if basis == "value_12m":
            yield self._gain("value")
        elif basis is not None:
            yield self.words[f"no_value.{self.plan.totals['value_reason']}"]

    def _unspent(self) -> Iterator[str]:
        """What of the budget finds no use; plans without a budget say nothing."""
        told = {
            name: float(self.plan.totals.get(name) or 0)
            for name in ("asked_budget", "projected_spend", "worthwhile_spend")
        }
        unplaced = told["asked_budget"] - told["projected_spend"]
        if round(unplaced) > 0:
            yield self.words["unplaced"].format(
                asked=self._money(told["asked_budget"]),
                unplaced=self._money(unplaced),
            )
        if self.plan.totals.get("worthwhile_spend") is not None:
            yield self.words["worthwhile"].format(
                amount=self._money(told["worthwhile_spend"])
            )

    def _channels(self) -> tuple[tuple[str, ...], ...]:
        is_weighed = self.plan.totals.get("value_basis") == "value_12m"
        amounts = (*_AMOUNTS, _BY_VALUE) if is_weighed else _AMOUNTS
        heads = (self.words[f"channels.{name}"] for name in ("channel", *amounts))
        return (
            tuple(heads),
            *(
                (
                    str(row[f"channel_label_{self.language}"]),
                    *(self._money(row[name]) for name in amounts),
                )
                for row in self.plan.channels
            ),
        )

    def _assumptions(self) -> tuple[str, ...]:
        totals, rate = self.plan.totals, self.plan.totals["margin_rate"]
        words = {name: self.words[f"assumptions.{name}"] for name in _ASSUMPTIONS}
        return (
            words["baseline"].format(
                amount=self._money(totals["baseline_income"]), days=self.plan.days
            ),
            words["steady"],
            words["observed"],
            *self._ratios(words["value"]),
            words["no_margin"]
            if rate is None
            else words["margin"].format(rate=self._share(rate)),
            words["fit"].format(
                fit=totals["fit_id"],
                version=totals["model_version"],
                through=self._day(totals["data_through_date"]),
            ),
        )

    def _ratios(self, words: str) -> Iterator[str]:
        if self.plan.totals.get("value_basis") == "value_12m":
            each = (
                f"{row[f'channel_label_{self.language}']} "
                f"{format_decimal(row['value_ratio'], '0.00', locale=self.language)}"
                for row in self.plan.channels
            )
            yield words.format(ratios="; ".join(each))

    def _came(self) -> str:
        grade = self.plan.grade
        if grade["state"] == "not_due":
            end = self._day(self.plan.totals["end_date"])
            return self.words["came.not_due"].format(end=end)
        told = self.words["came.graded"].format(
            spend=self._money(grade["actual_spend"]),
            planned=self._money(grade["projected_spend"]),
            income=self._money(grade["actual_income"]),
            expected=self._money(grade["projected_income"]),
        )
        if grade["state"] == "graded":
            return told
        return f"{told} {self.words['came.' + grade['state']]}"

    def _money(self, value: Any, pattern: str = "#,##0") -> str:
        if value is None:
            return self.words["unknown"]
        # An int: there is no -0, and no half that one language rounds otherwise.
        return str(format_decimal(round(value), pattern, locale=self.language))

    def _probability(self, value: float) -> str:
        """Some hundred draws never prove that something is sure, or cannot be."""
        if value > _SURE:
            return f"> {self._share(_SURE)}"
        return (
            f"< {self._share(1 - _SURE)}" if value < 1 - _SURE else self._share(value)
        )

    def _share(self, value: float) -> str:
        return str(format_percent(value, "#,##0\u00a0%", locale=self.language))

    def _day(self, day: date) -> str:
        return str(format_date(day, "d MMM y", locale=self.language))
