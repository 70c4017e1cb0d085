"""Facts per day: windows of days are asked for, and each day is replaced whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from taps.api_source.day_control import Judgement, judge
from taps.api_source.errors import SourceError
from taps.api_source.slices import days_to_read
from taps.declared.asking import AskingStream, Found, Part
from taps.declared.columns import value_at
from taps.declared.declaration import Days

__all__ = ["days_due", "move", "read_days"]

_A_DAY = timedelta(days=1)


def read_days(stream: AskingStream, part: Part, days: Days) -> None:
    """Read the days of a part that are due, oldest first.

    Raises
    ------
    SourceError
        A day does not agree with the source's own total; the bookmark stays before.
    """
    now = stream.source.api.now().astimezone(part.zone).date()
    due = days_due(stream, part, days, today=now)
    for start in range(0, len(due), days.window_days):
        window = due[start : start + days.window_days]
        found, judged = _agreed(stream, part, days, window)
        for day, each in found.items():
            stream.write(each)
            stream.close(
                {**part.known, days.column: day},
                each.records,
                each.read_at,
                control=judged[day].control,
                is_final=(now - day).days > days.lookback_days,
            )
        stream.logger.info("%s: read", stream.call(part, _span(window)))
        move(stream, part, window[-1])


def days_due(
    stream: AskingStream, part: Part, days: Days, *, today: date
) -> list[date]:
    """The days that this run reads."""
    last = today - _A_DAY if days.until == "yesterday" else today
    known = stream.bookmark(**stream.partition(part))
    if days.snapshot:
        return [last] if known is None or known < last.isoformat() else []
    return list(
        days_to_read(
            known,
            first=stream.source.start_date or today - days.history_days * _A_DAY,
            last=min(last, stream.source.end_date or last),
            lookback_days=days.lookback_days,
        )
    )


def move(stream: AskingStream, part: Part, day: date) -> None:
    """Bookmark a day: none before the bookmark, and none of the future."""
    partition = stream.partition(part)
    known = str(stream.bookmark(**partition) or "")
    certain = stream.source.api.certain_now().astimezone(part.zone).date()
    reached = min(day, certain).isoformat()
    stream.advance(max(known, reached), **partition)


def _agreed(
    stream: AskingStream, part: Part, days: Days, window: Sequence[date]
) -> tuple[dict[date, Found], dict[date, Judgement]]:
    """The days of a window; asked for once more when totals do not agree."""
    controls: list[Mapping[date, Decimal]] = []
    for attempt in (1, 2):
        controls += _controls(stream, part, window)
        found = _by_day(stream, part, days, window)
        judged = {day: _judged(stream, found[day], day, controls) for day in found}
        wrong = {d: j for d, j in judged.items() if not j.is_acceptable}
        if not wrong:
            break
        day, judgement = next(iter(wrong.items()))
        if attempt == 2:
            raise SourceError(
                f"{judgement.problem}, and reading again did not help",
                call=f"{stream.call(part, {})} on {day}",
                remedy="Everything before that day is kept; run it again later.",
            )
        stream.logger.warning(
            "%s on %s: %s; again", stream.name, day, judgement.problem
        )
    return found, judged


def _judged(
    stream: AskingStream,
    found: Found,
    day: date,
    controls: Sequence[Mapping[date, Decimal]],
) -> Judgement:
    totals = tuple(told.get(day, Decimal()) for told in controls)
    total = stream.told.total or ""
    return judge(found.records, totals, total, stream.told.control)


def _by_day(
    stream: AskingStream, part: Part, days: Days, window: Sequence[date]
) -> dict[date, Found]:
    asked = stream.ask(part, _span(window))
    found = {day: Found(asked.read_at) for day in window}
    for record in asked.records:
        day = record[days.column]
        if day not in found:
            raise SourceError(
                f"the answer holds {day}, which was not asked for",
                call=stream.call(part, _span(window)),
                remedy="Run it again; if it comes again, tell us.",
            )
        found[day].records.append(record)
    found[window[0]].wrong = asked.wrong
    return found


def _controls(
    stream: AskingStream, part: Part, window: Sequence[date]
) -> list[Mapping[date, Decimal]]:
    told = stream.told.control_totals
    if told is None:
        return []
    call = f"{stream.call(part, _span(window))}, control totals"
    values = {**part.known, **_span(window)}
    answer = stream.source.api.ask(told.request, values, call)
    totals: dict[date, Decimal] = defaultdict(Decimal)
    for row in stream.listed(answer, told.records, call):
        day = date.fromisoformat(str(value_at(row, told.date)))
        totals[day] += Decimal(str(value_at(row, told.total)))
    return [totals]


def _span(window: Sequence[date]) -> dict[str, date]:
    return {"first_day": window[0], "last_day": window[-1]}
