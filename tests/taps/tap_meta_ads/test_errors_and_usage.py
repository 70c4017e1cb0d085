"""What errors mean, and how fast to go."""

from __future__ import annotations

import json

import pytest

from taps.tap_meta_ads.errors import Kind, failure, graph_error
from taps.tap_meta_ads.usage import usage_of


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (190, 463, Kind.CREDENTIALS),
        (190, None, Kind.CREDENTIALS),
        (4, 1_504_022, Kind.THROTTLED),
        (17, 2_446_079, Kind.THROTTLED),
        (32, None, Kind.THROTTLED),
        (613, 1_487_742, Kind.THROTTLED),
        (80_000, 2_446_079, Kind.THROTTLED),
        (80_004, 2_446_079, Kind.THROTTLED),
        (80_008, None, Kind.THROTTLED),
        (100, 1_487_534, Kind.TOO_MUCH),
        (1, 99, Kind.UNKNOWN),
        (1, None, Kind.UNKNOWN),
        (2, 1_504_038, Kind.TOO_MUCH),
        (2, 1_504_044, Kind.TRANSIENT),
        (960, None, Kind.TRANSIENT),
        (104, None, Kind.TRANSIENT),
        (100, 33, Kind.NOT_VISIBLE),
        (100, None, Kind.OTHER),
        (2635, None, Kind.VERSION),
        (3018, None, Kind.TOO_OLD),
        (10, None, Kind.PERMISSION),
        (200, None, Kind.PERMISSION),
        (294, None, Kind.PERMISSION),
    ],
)
def test_an_error_is_known_by_its_code(
    code: int, subcode: int | None, kind: Kind
) -> None:
    told = {"code": code, "error_subcode": subcode, "message": "anything"}
    assert graph_error(told).kind is kind


def test_an_error_that_calls_itself_transient_is_tried_again() -> None:
    told = {"code": 368, "message": "later", "is_transient": True}
    assert graph_error(told).kind is Kind.TRANSIENT


@pytest.mark.parametrize(
    ("code", "message", "permission"),
    [
        (200, "(#200) Requires ads_management permission", "ads_management"),
        (200, "(#200) Ad account owner has NOT grant it", "ads_read"),
        (10, "(#10) This needs business_management", "business_management"),
    ],
)
def test_a_missing_permission_is_named(
    code: int, message: str, permission: str
) -> None:
    error = failure(graph_error({"code": code, "message": message}), "insights")
    assert f"the permission {permission}," in str(error)


def business(percent: float, minutes: float) -> dict[str, str]:
    case = {
        "type": "ads_insights",
        "call_count": percent,
        "total_cputime": 20,
        "total_time": 20,
        "estimated_time_to_regain_access": minutes,
    }
    return {"X-Business-Use-Case-Usage": json.dumps({"123": [case]})}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        (business(74, 0), 0),
        (business(75, 0), 1),
        (business(85, 0), 15),
        (business(95, 7), 420),
        (business(97, 0), 300),
        ({"X-Ad-Account-Usage": '{"acc_id_util_pct": 85}'}, 15),
        ({"X-FB-Ads-Insights-Throttle": '{"app_id_util_pct": 96}'}, 300),
        ({"X-App-Usage": "not json"}, 0),
    ],
)
def test_the_pace_follows_the_usage_that_meta_tells(
    headers: dict[str, str], seconds: float
) -> None:
    assert usage_of(headers).pause_seconds == seconds
