"""dbt's command line as runs start it: ``python -m``, with dbt's own arguments."""

from __future__ import annotations

import gc

from dbt.cli.main import cli

from orchestration.lib.warehouse.brief_dbt import DETAILS, brief, connected_once

__all__ = ["main"]


def main() -> None:
    """Be dbt, without what nobody looks at."""
    # A parsed project is a million objects that stay: looking through them for
    # garbage, each time some more were made, finds none.
    gc.set_threshold(200_000, 50, 100)
    with brief(DETAILS), connected_once():
        cli()


if __name__ == "__main__":
    main()
