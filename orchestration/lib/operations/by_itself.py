"""Whether what runs by itself is on, as long as nobody switched it in the UI."""

from __future__ import annotations

import os

import dagster as dg

__all__ = ["SCHEDULES", "schedule_status", "sensor_status"]

SCHEDULES = "TIMONEL_SCHEDULES"
"""``off`` starts with every schedule stopped, and every sensor that works or sends."""


def schedule_status() -> dg.DefaultScheduleStatus:
    """Of a schedule, when this process imports its definition."""
    status = dg.DefaultScheduleStatus
    return status.STOPPED if _is_off() else status.RUNNING


def sensor_status() -> dg.DefaultSensorStatus:
    """Of a sensor that requests runs, looks at others' servers or sends."""
    status = dg.DefaultSensorStatus
    return status.STOPPED if _is_off() else status.RUNNING


def _is_off() -> bool:
    return os.environ.get(SCHEDULES) == "off"
