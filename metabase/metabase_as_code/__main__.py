"""``python -m metabase.metabase_as_code``."""

from metabase.metabase_as_code.cli import app

app(prog_name="python -m metabase.metabase_as_code")
