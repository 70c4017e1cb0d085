"""What `timonel` imports and makes when it is at work, all of it when this is imported.

Dagster's graph of our assets and their job take each command that runs some 0.4 CPU
seconds at its first look, and the tree of the commands a tenth.
"""

import alembic.command
import altair
import great_expectations
import typer.main
import vl_convert

from orchestration.cli import app, asset_runs
from tests.suite.command_trees import keep_command_trees

__all__ = ["COMMANDS", "GRAPH", "JOB", "LIBRARIES"]

keep_command_trees()

LIBRARIES = (alembic.command, altair, great_expectations, vl_convert)
GRAPH = asset_runs._definitions().resolve_asset_graph()
JOB = asset_runs._definitions().resolve_job_def("refresh_company")
COMMANDS = typer.main.get_command(app)
