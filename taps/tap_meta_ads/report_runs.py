"""Reports that Meta makes in the background: asked for, waited for, read.

Source: developers.facebook.com/docs/marketing-api/insights/best-practices.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from taps.api_source.errors import SourceError, TooMuchData
from taps.tap_meta_ads.client import MetaAds
from taps.tap_meta_ads.errors import GraphError, Kind, failure
from taps.tap_meta_ads.reports import Report, merged
from taps.tap_meta_ads.runs_in_flight import Pace, Run, RunsInFlight

__all__ = ["ReportReader"]

Row = dict[str, Any]

_logger = logging.getLogger(__name__)

_ATTEMPTS = 4
_PASSING = frozenset({Kind.THROTTLED, Kind.TRANSIENT, Kind.UNKNOWN})
# A day that is not made in time is asked for once more; days are split.
_PATIENCE = 2
_THROTTLED_SECONDS = 60.0


class ReportReader:
    """Reads reports of any size, in as many parts as Meta wants.

    A report that is too large is asked for in halves of its days, then day by day in
    halves of its campaigns, then in halves of its metrics.

    Parameters
    ----------
    campaign_ids
        All campaigns of an account, archived and deleted ones too.
    """

    def __init__(
        self,
        meta: MetaAds,
        campaign_ids: Callable[[str], Sequence[str]],
        pace: Pace | None = None,
    ) -> None:
        self._meta = meta
        self._campaign_ids = campaign_ids
        self._runs = RunsInFlight(meta, pace or Pace())

    def expect(self, reports: Sequence[Report]) -> None:
        """Say which reports will be read, so that they can be asked for ahead."""
        self._runs.expect(reports)

    def requested_at(self, report: Report) -> datetime:
        """When a report was asked for: its figures are no younger."""
        return self._runs.requested_at(report)

    def read(self, report: Report) -> list[Row]:
        """The rows of a report that Meta makes in the background.

        Raises
        ------
        SourceError
            Meta refuses it, or fails to make it time and again.
        """
        return self._in_parts(report, self._run)

    def read_now(self, report: Report) -> list[Row]:
        """The rows of a small report, asked for and answered at once.

        Raises
        ------
        SourceError
        """
        return self._in_parts(report, self._ask)

    def _in_parts(
        self, report: Report, ask: Callable[[Report], list[Row]]
    ) -> list[Row]:
        try:
            return ask(report)
        except TooMuchData as refusal:
            _logger.info("%s: too much at a time; asking for parts", report.call)
            parts = report.by_days() or report.by_campaigns(self._ids(report))
            if parts:
                return [row for part in parts for row in self._in_parts(part, ask)]
            halves = report.by_metrics()
            if not halves:
                raise TooMuchData(
                    f"{refusal.problem}, even for one campaign, day and metric",
                    call=report.call,
                    remedy="Run it again later.",
                ) from None
            return merged([self._in_parts(half, ask) for half in halves])

    def _ask(self, report: Report) -> list[Row]:
        path = f"act_{report.account_id}/insights"
        pages = self._meta.pages(path, call=report.call, **report.parameters)
        return [row for page in pages for row in page["data"]]

    def _ids(self, report: Report) -> Sequence[str]:
        if report.level == "account":
            # Halves of the campaigns would be halves of the same row.
            return ()
        if report.campaign_ids is not None:
            return report.campaign_ids
        return self._campaign_ids(report.account_id)

    def _run(self, report: Report) -> list[Row]:
        late = 0
        for _ in range(_ATTEMPTS):
            run = self._runs.finished(report)
            status = run.told.get("async_status")
            if status == "Job Completed":
                pages = self._meta.pages(f"{run.id}/insights", call=report.call)
                return [row for page in pages for row in page["data"]]
            if status == "Job Failed":
                self._after_failure(run)
            elif status == "Job Skipped":
                _logger.info("%s: Meta skipped the report; asking again", report.call)
            else:
                late += 1
                self._after_delay(run, late)
        # Runs that fail without a reason are usually too large.
        raise TooMuchData(
            f"Meta did not make the report in {_ATTEMPTS} attempts", call=report.call
        )

    def _after_failure(self, run: Run) -> None:
        told, call = run.told, run.report.call
        error = GraphError(
            code=int(told.get("error_code") or 0),
            subcode=int(told["error_subcode"]) if told.get("error_subcode") else None,
            message=str(told.get("error_message") or "the report failed"),
        )
        if error.code and error.kind not in _PASSING:
            raise failure(error, call)
        _logger.warning("%s: the report failed, %s; asking again", call, error)
        if error.kind is Kind.THROTTLED:
            self._meta.sleep(_THROTTLED_SECONDS)

    def _after_delay(self, run: Run, late: int) -> None:
        report = run.report
        problem = f"Meta did not finish the report within {run.age:,.0f} s"
        if report.first != report.last:
            raise TooMuchData(problem, call=report.call)
        if late >= _PATIENCE:
            raise SourceError(
                f"{problem}, twice",
                call=report.call,
                remedy="Run it again later, or set report_timeout_seconds higher.",
            )
        _logger.warning("%s: %s; asking again", report.call, problem)
