"""Between runs a sensor looks at every company, and names the one that fails."""

from __future__ import annotations

from datetime import datetime

import dagster as dg
import pytest

from orchestration.defs.alerts import dispatch
from orchestration.lib.alerts.dispatch import Dispatcher, Round
from orchestration.lib.warehouse.warehouse import Warehouse


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Round({}, {}), "what was due has been told"),
        (Round({"acme": "no server"}, {}), "Failed for acme"),
        (Round({}, {("acme", "mail"): "550"}), "a channel refused"),
    ],
)
def test_a_tick_says_how_it_went(
    monkeypatch: pytest.MonkeyPatch, found: Round, told: str
) -> None:
    def dispatch_all(self: Dispatcher, now: datetime) -> Round:
        return found

    looked: list[str] = []
    monkeypatch.setattr(dispatch, "_metrics", lambda: ())
    monkeypatch.setattr(dispatch, "summarise_clients", looked.append)
    monkeypatch.setattr(Dispatcher, "dispatch_all", dispatch_all)
    monkeypatch.setattr(Warehouse, "url", lambda self: "postgresql://nowhere")

    answer = dispatch.alert_dispatch(dg.build_sensor_context(), warehouse=Warehouse())

    assert isinstance(answer, dg.SkipReason)
    assert told in (answer.skip_message or "")
    assert looked == ["postgresql://nowhere"]
