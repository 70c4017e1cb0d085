"""Both languages say the same things, of everything that can be told."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest

from orchestration.lib.alerts.events import EVENTS
from orchestration.lib.core import translations as words_module
from orchestration.lib.core.translations import read_words

LEVELS = ("level_above", "level_below", "ratio_above", "ratio_below", "days_missing")


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages_have_the_same_keys_and_places() -> None:
    spanish, english = read_words("es"), read_words("en")

    assert set(spanish) == set(english)
    for key, text in spanish.items():
        assert _places(text) == _places(english[key]), key


@pytest.mark.parametrize(
    "event", [*EVENTS, "rule_broken", "metric_above", "metric_below", *LEVELS]
)
def test_everything_that_can_be_told_has_words(event: str) -> None:
    words = read_words("es")

    for part in ("title", "seen", "advice"):
        assert words[f"events.{event}.{part}"]


def test_words_that_change_on_disk_are_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "metabase/labels/alerts/es.yml"
    file.parent.mkdir(parents=True)
    monkeypatch.setattr(words_module, "PROJECT_ROOT", tmp_path)

    file.write_text("events: {run_failed: {title: Antes}}")
    before = read_words("es")
    file.write_text("events: {run_failed: {title: Ahora}}")

    assert before == {"events.run_failed.title": "Antes"}
    assert read_words("es") == {"events.run_failed.title": "Ahora"}


def test_nobody_can_spoil_the_words_of_others() -> None:
    with pytest.raises(TypeError):
        read_words("es")["events.run_failed.title"] = "x"  # type: ignore[index]
