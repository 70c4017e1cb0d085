"""Makes the cluster that tests copy, in a process of its own: ``FOLDER``.

What it imports is what the cluster depends on, besides the folders that are watched.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psycopg
from dbt.parser.manifest import extended_mashumuro_decoder

from orchestration.lib.warehouse.brief_parsing import KEPT, unpacked
from orchestration.lib.warehouse.database import libpq_environment, migrate
from orchestration.lib.warehouse.dbt import project_fingerprint
from orchestration.lib.warehouse.dbt_relations import remember_built_from
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from orchestration.lib.warehouse.raw_tables import ensure_raw_tables
from tests.dbt_project.dbt_commands import DbtProject, write_manifest
from tests.suite.parsed_state import move_parsed
from tests.suite.template_cluster import (
    BUILT,
    FAST,
    ROOT,
    TemplateCluster,
    bring_home,
    fingerprints,
    watched_files,
)
from tests.suite.watchdog import look_after, say_good_bye


def make(folder: Path) -> None:
    """Fill an empty folder; `inputs.json`, which makes it count, comes last."""
    before = fingerprints(watched_files())
    cluster = TemplateCluster(folder)
    server = EmbeddedPostgres(cluster.server, settings=FAST)
    server.start()
    try:
        migrate(server.url())
        url = _copy_of(server.url(), BUILT)
        _build(url, cluster, folder / "work")
    finally:
        server.stop()
    bring_home(server)
    inputs = fingerprints(watched_files() | _imported())
    if before.items() - inputs.items():
        raise SystemExit("Files of the project changed meanwhile; run it again.")
    (folder / "inputs.json").write_text(json.dumps(inputs))


def _copy_of(url: str, name: str) -> str:
    server, template = url.rsplit("/", 1)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"create database {name} template {template}")
        admin.execute(f"grant create on database {name} to loader")
    return f"{server}/{name}"


def _build(url: str, cluster: TemplateCluster, work: Path) -> None:
    """Build and test every model on empty raw tables, as a company's run does."""
    ensure_raw_tables(url)
    dbt = DbtProject(libpq_environment(url), work)
    dbt.run("build")
    for schema in ("staging", "reporting"):
        remember_built_from(url, schema, project_fingerprint())
    assert dbt.manifest is not None
    write_manifest(dbt.manifest, cluster.manifest)
    assert move_parsed(cluster.parsed, url, url)
    content, kept = cluster.parsed.read_bytes(), cluster.parsed.with_name(KEPT)
    unpacked(content, kept, decoder=extended_mashumuro_decoder)


def _imported() -> set[str]:
    files = {getattr(module, "__file__", None) for module in sys.modules.values()}
    paths = (Path(file) for file in files if file)
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if path.is_relative_to(ROOT) and ".venv" not in path.parts
    }


if __name__ == "__main__":
    unfinished = Path(sys.argv[1])
    look_after(unfinished)
    make(unfinished)
    say_good_bye()
