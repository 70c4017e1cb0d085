"""``python -m metabase``."""

from metabase.cli import app

app(prog_name="python -m metabase")
