"""Tables with the columns of reporting views, as dbt declares them."""

from __future__ import annotations

from pathlib import Path

from orchestration.lib.core.yaml_files import parsed

__all__ = ["table_of", "views_of"]

_REPORTING = Path(__file__).parents[3] / "dbt_project/models/reporting"


def views_of(domain: str, *left_out: str) -> tuple[str, ...]:
    """Names of a domain's views, but those that others make."""
    names = sorted(path.stem for path in (_REPORTING / domain).rglob("*.yml"))
    return tuple(name for name in names if name not in left_out)


def table_of(domain: str, view: str) -> str:
    """The statement that creates a table with the view's columns.

    Those in English are left out: `make_reporting` makes them of their Spanish sisters.
    """
    (file,) = (_REPORTING / domain).rglob(f"{view}.yml")
    (model,) = parsed(file)["models"]
    columns = ", ".join(
        f"{each['name']} {each['data_type']}"
        for each in model["columns"]
        if not each["name"].endswith("_en")
    )
    return f"create table reporting.{view} ({columns})"
