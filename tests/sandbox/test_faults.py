"""Faults strike when and where they were told to, and wear off."""

import pytest

from sandbox.faults import Faults, UnknownFault
from sandbox.request_log import without_secrets


def strikes(faults: Faults, kind: str, path: str, requests: int) -> list[bool]:
    return [faults.active(kind, path) is not None for _ in range(requests)]


def test_a_fault_lets_some_pass_then_strikes_then_wears_off() -> None:
    faults = Faults()
    faults.switch_on({"kind": "page_missing", "after": 1, "times": 2})

    assert strikes(faults, "page_missing", "/orders", 5) == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_fault_without_end_strikes_for_ever() -> None:
    faults = Faults()
    faults.switch_on({"kind": "page_missing", "times": None})

    assert all(strikes(faults, "page_missing", "/orders", 50))


def test_requests_elsewhere_do_not_use_a_fault_up() -> None:
    faults = Faults()
    faults.switch_on({"kind": "page_missing", "path_contains": "/orders"})

    assert strikes(faults, "page_missing", "/customers", 3) == [False] * 3
    assert strikes(faults, "throttle", "/orders", 1) == [False]
    assert strikes(faults, "page_missing", "/orders?page=2", 1) == [True]


def test_two_faults_of_a_kind_strike_one_after_the_other() -> None:
    faults = Faults()
    for field in ("email", "phone"):
        faults.switch_on({"kind": "schema_change", "field": field})

    struck = [faults.active("schema_change", "/") for _ in range(3)]

    assert [f.options["field"] if f else None for f in struck] == [
        "email",
        "phone",
        None,
    ]


def test_cleared_faults_are_gone_and_unknown_ones_are_named() -> None:
    faults = Faults()
    faults.switch_on({"kind": "throttle", "times": None})
    faults.clear()

    assert faults.active("throttle", "/") is None
    with pytest.raises(UnknownFault, match="gremlins"):
        faults.switch_on({"kind": "gremlins"})


@pytest.mark.parametrize(
    "name",
    ["access_token", "client_secret", "code", "appsecret_proof", "refresh_token"],
)
def test_no_secret_of_a_query_is_kept(name: str) -> None:
    assert "hunter2" not in without_secrets(f"page=2&{name}=hunter2")
