"""An alert waits, is told once, climbs while nobody answers, and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import pytest

from orchestration.lib.alerts.lifecycle import (
    POLICIES,
    Alert,
    Circumstances,
    Condition,
    QuietHours,
    advance,
    takers,
)

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNELS = {
    "sms": ["critical"],
    "slack": ["critical", "high"],
    "mail": ["critical", "high", "medium"],
}


def _cause(severity: str, topic: str = "run_failed:") -> Condition:
    return Condition(topic, f"rule_{severity}", severity, START)


@dataclass
class Clock:
    """A company whose alerts are looked at again and again."""

    quiet: QuietHours | None = None
    channels: dict[str, list[str]] = field(default_factory=lambda: dict(CHANNELS))
    enabled: tuple[str, ...] = ("rule_medium", "rule_high", "rule_critical")
    alerts: list[Alert] = field(default_factory=list)
    ended: list[datetime] = field(default_factory=list)

    def at(
        self,
        minutes: float,
        *conditions: Condition,
        unjudged: Sequence[str] = (),
    ) -> list[tuple[str, str | None]]:
        """What is told at a minute, and at which level."""
        circumstances = Circumstances(
            self.enabled, unjudged, self.channels, POLICIES, self.quiet
        )
        now = START + timedelta(minutes=minutes)
        steps = advance(self.alerts, conditions, circumstances, now)
        self.alerts = [s.alert for s in steps if s.alert.resolved_at is None]
        ends = (s.alert.resolved_at for s in steps if s.purpose == "recovery")
        self.ended += [each for each in ends if each]
        return [(s.purpose, s.alert.level) for s in steps if s.purpose]

    def acknowledge(self, minutes: float) -> None:
        now = START + timedelta(minutes=minutes)
        self.alerts = [
            replace(each, acknowledged_at=now, acknowledged_by="ana")
            for each in self.alerts
        ]


@pytest.mark.parametrize(
    ("severity", "delay"), [("critical", 0), ("high", 5), ("medium", 15)]
)
def test_each_severity_is_told_once_after_its_delay(severity: str, delay: int) -> None:
    clock = Clock()

    told = {minute: clock.at(minute, _cause(severity)) for minute in range(15)}
    told |= {15: clock.at(15, _cause(severity))}

    assert [minute for minute, said in told.items() if said] == (
        [delay] if severity != "critical" else [0, 15]
    )
    assert told[delay] == [("first", severity)]


def test_what_ends_before_its_delay_is_never_told() -> None:
    clock = Clock()

    assert clock.at(0, _cause("high")) == []
    assert clock.at(4.9) == []
    assert clock.at(600) == []
    assert clock.alerts == []


@pytest.mark.parametrize(
    ("severity", "minutes", "levels"),
    [
        ("critical", [0, 15], ["critical", "everyone"]),
        ("high", [5, 65, 125], ["high", "critical", "everyone"]),
        ("medium", [15, 255, 495, 735], ["medium", "high", "critical", "everyone"]),
    ],
)
def test_what_nobody_answers_climbs_to_everyone_and_then_is_silent(
    severity: str, minutes: list[int], levels: list[str]
) -> None:
    clock = Clock()

    told = {minute: clock.at(minute, _cause(severity)) for minute in range(2000)}

    loud = {minute: said for minute, said in told.items() if said}
    assert list(loud) == minutes
    assert [said[0][1] for said in loud.values()] == levels
    assert [said[0][0] for said in loud.values()][1:] == ["escalation"] * (
        len(minutes) - 1
    )


def test_what_is_acknowledged_does_not_climb_and_still_says_its_end() -> None:
    clock = Clock()
    clock.at(0, _cause("high"))
    assert clock.at(5, _cause("high"))

    clock.acknowledge(10)

    assert not any(clock.at(minute, _cause("high")) for minute in range(11, 3000, 7))
    assert clock.at(3001) == []
    assert clock.at(3011) == [("recovery", "high")]


def test_what_is_acknowledged_before_it_is_told_is_not_told() -> None:
    clock = Clock()
    clock.at(0, _cause("medium"))
    clock.acknowledge(1)

    assert clock.at(20, _cause("medium")) == []
    assert clock.at(30) == []


def test_one_topic_is_one_alert_however_many_rules_see_it() -> None:
    clock = Clock()

    told = clock.at(0, _cause("medium"), _cause("critical"), _cause("high"))

    assert told == [("first", "critical")]
    assert len(clock.alerts) == 1


def test_what_becomes_more_severe_is_told_again_also_if_acknowledged() -> None:
    clock = Clock()
    clock.at(0, _cause("medium"))
    assert clock.at(15, _cause("medium")) == [("first", "medium")]
    clock.acknowledge(16)

    assert clock.at(17, _cause("medium"), _cause("high")) == []
    assert clock.at(22, _cause("medium"), _cause("high")) == [("first", "high")]
    assert clock.at(23, _cause("medium")) == []
    assert clock.at(24) == []
    assert clock.at(34) == [("recovery", "high")]


def test_who_answered_for_less_has_not_answered_for_more() -> None:
    clock = Clock()
    clock.at(0, _cause("medium"))
    clock.acknowledge(1)

    clock.at(2, _cause("critical"))

    (alert,) = clock.alerts
    assert (alert.acknowledged_at, alert.acknowledged_by) == (None, None)


def test_an_end_is_told_once_it_has_lasted_and_dated_to_its_beginning() -> None:
    clock = Clock()
    clock.at(0, _cause("critical"))

    told = {minute: clock.at(minute) for minute in range(1, 12)}

    assert {minute for minute, said in told.items() if said} == {11}
    assert told[11] == [("recovery", "critical")]
    assert clock.ended == [START + timedelta(minutes=1)]


def test_what_comes_and_goes_is_one_alert_that_is_told_once() -> None:
    clock = Clock()
    clock.at(0, _cause("high"))
    assert clock.at(5, _cause("high")) == [("first", "high")]

    for minute in range(6, 60):
        holds = [_cause("high")] if minute % 4 else []
        assert clock.at(minute, *holds) == []

    assert len(clock.alerts) == 1
    assert clock.at(60) == clock.at(69) == []
    assert clock.at(70) == [("recovery", "high")]


def test_what_is_over_for_the_moment_does_not_climb() -> None:
    clock = Clock()
    clock.at(0, _cause("critical"))

    assert clock.at(14) == clock.at(16) == []
    assert clock.at(17, _cause("critical")) == [("escalation", "everyone")]


def test_what_comes_back_after_its_end_was_told_is_a_new_alert() -> None:
    clock = Clock()
    clock.at(0, _cause("critical"))
    clock.at(1)
    clock.at(11)

    assert clock.at(12, _cause("critical")) == [("first", "critical")]


def test_asking_again_at_the_same_moment_tells_nothing() -> None:
    clock = Clock()

    assert clock.at(0, _cause("critical"))
    assert clock.at(0, _cause("critical")) == []


def test_a_rule_that_cannot_be_looked_at_ends_nothing() -> None:
    clock = Clock()
    clock.at(0, _cause("high"))
    clock.at(5, _cause("high"))

    assert clock.at(6, unjudged=["rule_high"]) == []
    assert clock.at(65, unjudged=["rule_high"]) == [("escalation", "critical")]
    assert clock.at(66) == []
    assert clock.at(77, unjudged=["rule_high"]) == []
    assert clock.at(78) == [("recovery", "critical")]


def test_a_rule_that_is_switched_off_ends_its_alert_without_a_word() -> None:
    clock = Clock()
    clock.at(0, _cause("critical"))
    clock.enabled = ()

    assert clock.at(1) == []
    assert clock.alerts == []


def test_without_a_channel_that_takes_it_an_alert_waits_for_one() -> None:
    clock = Clock(channels={})
    assert clock.at(0, _cause("critical")) == []
    clock.channels = {"mail": ["critical"]}

    assert clock.at(9, _cause("critical")) == [("first", "critical")]


class TestQuietHours:
    night = QuietHours(time(22), time(8), "Europe/Madrid")

    def test_only_what_is_critical_is_told_in_them(self) -> None:
        late = 60 * 10  # 23:00 in Madrid
        clock = Clock(self.night)

        assert clock.at(late, _cause("critical", "a")) == [("first", "critical")]
        assert clock.at(late, _cause("critical", "a"), _cause("high", "b")) == []

    def test_the_rest_waits_until_they_end(self) -> None:
        clock = Clock(self.night)

        told = {m: clock.at(m, _cause("high")) for m in range(600, 1205, 5)}

        # 08:00 in Madrid is 07:00 UTC, 19 hours after the start.
        assert [minute for minute, said in told.items() if said] == [1140, 1200]

    def test_what_ends_in_them_is_never_told(self) -> None:
        clock = Clock(self.night)
        clock.at(600, _cause("high"))

        assert clock.at(660) == []
        assert clock.alerts == []

    def test_an_end_is_told_after_them(self) -> None:
        alert = Alert(
            *("t", "rule_high", "high", START, START),
            level="high",
            noticed_at=START,
            over_since=START + timedelta(hours=9),
        )
        circumstances = Circumstances(
            ["rule_high"], channels=CHANNELS, quiet=self.night
        )

        (step,) = advance([alert], [], circumstances, START + timedelta(hours=10))

        assert step.purpose == "recovery"
        assert step.tell_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("hour", "is_quiet"), [(12, True), (13, True), (14, False), (11, False)]
    )
    def test_they_may_lie_within_a_day(self, hour: int, is_quiet: bool) -> None:
        noon = QuietHours(time(12), time(14), "UTC")

        assert noon.covers(START.replace(hour=hour)) is is_quiet


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("medium", ("mail",)),
        ("high", ("mail", "slack")),
        ("critical", ("mail", "slack", "sms")),
        ("everyone", ("mail", "slack", "sms")),
    ],
)
def test_a_level_is_told_to_the_channels_that_take_it(
    level: str, expected: tuple[str, ...]
) -> None:
    assert takers(CHANNELS, level) == expected
