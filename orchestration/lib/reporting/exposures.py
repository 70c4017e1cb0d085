"""``dbt_project/exposures/pages.yml``: which models each page reads, for dbt's lineage.

With it ``dbt build --select +exposure:ventas`` builds what stands behind a page, and
``dbt ls --select performance_by_month+`` names the pages that a change reaches. No
run depends on it, so it lies apart from the models, whose parsed project is kept.
"""

from __future__ import annotations

from typing import Any

import yaml

from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.reporting.pages import Page, read_cards, read_pages

__all__ = ["EXPOSURES", "exposures_document"]

_PROJECT = PROJECT_ROOT / "dbt_project"
EXPOSURES = _PROJECT / "exposures" / "pages.yml"
_LABELS = PROJECT_ROOT / "metabase" / "labels" / "en.yml"
_MADE = "# Made by `timonel metrics --write` from metabase/pages and metabase/labels.\n"


def exposures_document() -> str:
    """The text of the file: an exposure for each page, by name."""
    words = parsed(_LABELS)["dashboard"]
    models = {file.stem for file in (_PROJECT / "models" / "reporting").rglob("*.sql")}
    told = [
        _exposure(name, page, words[name], models)
        for name, page in sorted(read_pages().items())
    ]
    return _MADE + yaml.safe_dump(
        {"exposures": told}, sort_keys=False, allow_unicode=True, width=100
    )


def _exposure(
    name: str, page: Page, words: dict[str, str], models: set[str]
) -> dict[str, Any]:
    cards = read_cards()
    read = {view for card in page.cards for view in cards[card].views}
    return {
        "name": name,
        "label": words["title"],
        "type": "dashboard",
        "description": " ".join(words["description"].split()),
        "owner": {"name": page.domain},
        "depends_on": [f"ref('{view}')" for view in sorted(read & models)],
    }
