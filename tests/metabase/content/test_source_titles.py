"""A source is called on pages as it is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from metabase.content import source_titles
from metabase.content.errors import ContentError
from metabase.content.labels import read_words
from metabase.content.load import CONTENT_ROOT


def test_each_source_has_its_title_in_both_languages() -> None:
    spanish, english = (
        read_words(CONTENT_ROOT, language)["titles.of_source_slug"]
        for language in ("es", "en")
    )

    assert "when 'weather' then 'Clima'" in spanish
    assert "when 'weather' then 'Weather'" in english
    for sql in (spanish, english):
        assert sql.count(" when ") == len(list(source_titles.SOURCES.glob("*.yml")))


def test_a_title_may_hold_a_quote_and_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "it.yml").write_text("title: {en: It's}")
    monkeypatch.setattr(source_titles, "SOURCES", tmp_path)

    assert source_titles.source_words("en") == {
        "titles.of_source_slug": "case source_slug when 'it' then 'It''s'"
        " else source_slug end"
    }
    with pytest.raises(ContentError, match=r"it\.yml: no title in 'es'"):
        source_titles.source_words("es")
