"""`timonel source`: what is derived from the declaration of a source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.connections.staging_skeletons import staging_skeleton
from orchestration.lib.core.settings import PROJECT_ROOT

__all__ = ["app"]

_STAGING = PROJECT_ROOT / "dbt_project/models/staging"

app = typer.Typer(no_args_is_help=True, help="Sources that a file declares whole.")


@app.callback()
def _source() -> None:
    """Sources that a file declares whole (taps/sources, docs/recipes.md)."""


@app.command()
def scaffold(
    slug: Annotated[str, typer.Argument(help="Name of its file in taps/sources.")],
    stream: Annotated[
        list[str] | None,
        typer.Option(help="Only a model of this stream; repeat for more."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write files anew that are there.")
    ] = False,
) -> None:
    """Write the dbt source and staging models of a declared source.

    They are a beginning, named and typed by its columns: say better what a row means,
    and delete the models that nothing reads. What is there is left alone.
    """
    with plain_errors():
        files = staging_skeleton(slug, tuple(stream or ()))
    if not _STAGING.is_dir():
        raise fail(f"There is no dbt project at {_STAGING}: run it from a checkout.")
    for name, text in files.items():
        # One that is there may lie in a folder of its domain.
        path = next(_STAGING.rglob(Path(name).name), _STAGING / name)
        shown, written = path.relative_to(PROJECT_ROOT), text
        if path.name.endswith("__models.yml") and path.exists() and not overwrite:
            written = _with_models(path.read_text(encoding="utf-8"), text)
        elif path.exists() and not overwrite:
            console.print(f"  kept     {shown}", highlight=False)
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")
        console.print(f"  written  {shown}", highlight=False)


def _with_models(there: str, told: str) -> str:
    """The descriptions that are there, and those of further models behind them."""
    blocks = re.split(r"^(?=  - name: )", told, flags=re.MULTILINE)[1:]
    known = there.splitlines()
    return there + "".join(b for b in blocks if b.splitlines()[0] not in known)
