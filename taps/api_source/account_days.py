"""Streams that are read account by account and written day by day."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.day_control import Control, DayRead, Judgement, judge
from taps.api_source.errors import SourceError
from taps.api_source.part_failures import PartFailures
from taps.api_source.slices import SlicedStream, Tally, days_to_read
from taps.api_source.whole_reads import Record, repeated_key

__all__ = ["AccountDaysStream", "WrittenAlong", "windows"]

_SWEEP_EVERY = timedelta(days=30)
_SWEPT_ON = "swept_on"


class AccountDaysStream(SlicedStream):
    """Facts per account and day, each day compared with the account's own total.

    A window of days is one question to the source. Days whose rows do not add up to
    what the account says are read once more; if they still do not, the run fails and
    the bookmark stays before them.

    The bookmark is the last day read. A run begins ``lookback_days`` before it, so
    that each day is read once more after the platform stopped to change it; every 30
    days it begins ``sweep_days`` before today, for late corrections of the bills.
    """

    #: ``account_id`` or ``customer_id``, with ``date`` the slice.
    account_column: ClassVar[str]
    window_days: ClassVar[int] = 28
    control: ClassVar[Control] = "equal"
    #: Streams that get their records from the same answers.
    also_writes: ClassVar[tuple[str, ...]] = ()
    #: Whether a day with less than the account's total is worth a second look.
    rereads_shortfalls: ClassVar[bool] = True
    sweep_days = 0

    @abstractmethod
    def accounts(self) -> Sequence[AdAccount]:
        """The accounts to read."""

    @abstractmethod
    def fetch(
        self, account: AdAccount, first: date, last: date
    ) -> Iterable[tuple[str, Record]]:
        """Stream and record (without ``read_at``) of every row of these days."""

    def control_totals(
        self,
        account: AdAccount,
        first: date,
        last: date,
    ) -> Mapping[date, Decimal]:
        """The account's total per day, from a call of its own; absent means zero."""
        raise NotImplementedError

    @property
    @abstractmethod
    def failures(self) -> PartFailures:
        """Accounts that could not be read in this run, whichever table it was."""

    @abstractmethod
    def certain_now(self) -> datetime:
        """A moment that is not in the future by anybody's clock (aware, UTC)."""

    def prefetch(self, account: AdAccount, spans: Sequence[tuple[date, date]]) -> None:
        """Prepare for windows that will be fetched, in this order; or do nothing."""

    def requested_at(
        self,
        account: AdAccount,  # noqa: ARG002
        first: date,  # noqa: ARG002
        last: date,  # noqa: ARG002
    ) -> datetime:
        """When the source was asked for a window that is fetched next."""
        return datetime.now(UTC)

    def read(self) -> None:
        """Read every account; one that fails does not keep the others from it."""
        for account in self.accounts():
            if account.id not in self.failures:
                with self.failures.of(account.id, self.name):
                    self._read_account(account)

    def _read_account(self, account: AdAccount) -> None:
        first, last = self._span(account)
        asked = list(windows(first, last, self.window_days))
        self.prefetch(account, asked)
        for number, (start, end) in enumerate(asked, 1):
            count = self._read_window(account, start, end)
            self._remember(account, end)
            self.logger.info(
                "%s of %s: %s to %s read (%d of %d), %s rows",
                self.name,
                account.id,
                start,
                end,
                number,
                len(asked),
                f"{count:,}",
            )
        self._remember_sweep(account)

    def _span(self, account: AdAccount) -> tuple[date, date]:
        asked = self._tap.start_date or account.first_day
        if asked < account.first_day:
            self.logger.info(
                "%s of %s: there is nothing before %s; it begins there, not on %s",
                self.name,
                account.id,
                account.first_day,
                asked,
            )
        first = max(asked, account.first_day)
        last = min(self._tap.end_date or account.today, account.today)
        known = self._known(account)
        days = days_to_read(
            known, first=first, last=last, lookback_days=account.lookback_days + 1
        )
        start = next(days, last + timedelta(days=1))
        if known is not None and self._sweep_is_due(account):
            swept_from = account.today - timedelta(days=self.sweep_days)
            start = max(first, min(start, swept_from))
        return start, last

    def _read_window(self, account: AdAccount, first: date, last: date) -> int:
        read = self._fetch_days(account, first, last)
        doubtful = [day for day in read.values() if self._is_doubtful(day)]
        if doubtful:
            start, end = doubtful[0].date, doubtful[-1].date
            if any(self._repeated(day) for day in read.values()):
                # What came twice came instead of something else, on any day.
                start, end = first, last
            self.logger.warning(
                "%s of %s on %s: %s; reading %s to %s again",
                self.name,
                account.id,
                doubtful[0].date,
                self._judge(doubtful[0]).problem,
                start,
                end,
            )
            read |= self._fetch_days(account, start, end, is_second=True)
        for day in read.values():
            self._insist(account, day)
        return sum(self._write_day(account, day) for day in read.values())

    def _fetch_days(
        self, account: AdAccount, first: date, last: date, *, is_second: bool = False
    ) -> dict[date, DayRead]:
        read_at = self.requested_at(account, first, last)
        found = {day: DayRead(day, read_at) for day in days_between(first, last)}
        before = self._controls(account, first, last)
        for name, record in self.fetch(account, first, last):
            if record["date"] not in found:
                raise SourceError(
                    f"the answer holds {record['date']}, which was not asked for",
                    call=f"{self.name} of {account.id}, {first} to {last}",
                    remedy="Run it again; if it comes again, tell us.",
                )
            found[record["date"]].records.setdefault(name, []).append(record)
        told = [before]
        if is_second:
            told.append(self._controls(account, first, last))
        if self.control is not None:
            for day, read in found.items():
                read.controls = tuple(totals.get(day, Decimal()) for totals in told)
        return found

    def _controls(
        self, account: AdAccount, first: date, last: date
    ) -> Mapping[date, Decimal]:
        return self.control_totals(account, first, last) if self.control else {}

    def _is_doubtful(self, read: DayRead) -> bool:
        judgement = self._judge(read)
        is_known = judgement.is_acceptable and not self.rereads_shortfalls
        return judgement.problem is not None and not is_known

    def _judge(self, read: DayRead) -> Judgement:
        if repeated := self._repeated(read):
            problem = f"{repeated} came twice"
            return Judgement(problem, is_acceptable=False, control=None)
        records = read.records.get(self.name, [])
        return judge(records, read.controls, self.total_name or "", self.control)

    def _repeated(self, read: DayRead) -> str | None:
        keys = (
            repeated_key(records, self._tap.streams[name].primary_keys)
            for name, records in read.records.items()
        )
        return next((key for key in keys if key), None)

    def _insist(self, account: AdAccount, read: DayRead) -> None:
        judgement = self._judge(read)
        if judgement.problem is None:
            return
        call = f"{self.name} of {account.id} on {read.date}"
        if not judgement.is_acceptable:
            raise SourceError(
                f"{judgement.problem}, and reading again did not help",
                call=call,
                remedy="Everything before that day is kept; run it again later.",
            )
        if self.rereads_shortfalls:
            self.logger.warning("%s: %s; written so", call, judgement.problem)

    def _write_day(self, account: AdAccount, read: DayRead) -> int:
        slice_ = {self.account_column: account.id, "date": read.date}
        age = account.today - read.date
        for stream in self._tables:
            records = read.records.get(stream.name, [])
            tally = Tally()
            for record in records:
                record["read_at"] = read.read_at
                tally.add(record[stream.total_name] if stream.total_name else 0)
            stream.emit_all(records, read.read_at)
            is_own = stream is self
            stream.close_slice(
                slice_,
                tally,
                read.read_at,
                control_total=self._judge(read).control if is_own else None,
                is_final=age.days > account.lookback_days,
            )
        return len(read.records.get(self.name, ()))

    @property
    def _tables(self) -> list[SlicedStream]:
        streams = (self._tap.streams[name] for name in (self.name, *self.also_writes))
        return [s for s in streams if isinstance(s, SlicedStream) and s.selected]

    def _partition(self, account: AdAccount) -> dict[str, str]:
        return {self.account_column: account.id}

    def _known(self, account: AdAccount) -> str | None:
        """The day up to which all tables are read; None if one is new."""
        known = [s.bookmark(**self._partition(account)) for s in self._tables]
        return None if not known or None in known else str(min(known))

    def _remember(self, account: AdAccount, day: date) -> None:
        partition = self._partition(account)
        # Days that only a wrong clock has are empty because they are still to come.
        day = min(
            day, self.certain_now().astimezone(ZoneInfo(account.time_zone)).date()
        )
        for stream in self._tables:
            # A look-back begins behind the bookmark and must not move it back.
            known = stream.bookmark(**partition) or ""
            stream.advance(max(known, day.isoformat()), **partition)

    def _sweep_is_due(self, account: AdAccount) -> bool:
        if not self.sweep_days:
            return False
        swept_on = self.get_context_state(self._partition(account)).get(_SWEPT_ON)
        if swept_on is None:
            return True
        return account.today - date.fromisoformat(swept_on) >= _SWEEP_EVERY

    def _remember_sweep(self, account: AdAccount) -> None:
        if self._tap.is_rereading or not self.sweep_days:
            return
        state = self.get_context_state(self._partition(account))
        if _SWEPT_ON not in state or self._sweep_is_due(account):
            state[_SWEPT_ON] = account.today.isoformat()
            self.write_state()


class WrittenAlong(SlicedStream):
    """A stream whose records come from the answers to another one's questions."""

    written_by: ClassVar[str]

    def read(self) -> None:
        """Let the other stream read, if it would not do so by itself."""
        writer = self._tap.streams[self.written_by]
        if not writer.selected and isinstance(writer, AccountDaysStream):
            writer.read()


def windows(first: date, last: date, size: int) -> Iterator[tuple[date, date]]:
    """First and last day of windows of at most ``size`` days, oldest first."""
    while first <= last:
        end = min(first + timedelta(days=size - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day, both ends included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
