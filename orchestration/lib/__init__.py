"""What definitions and command line share, in rooms: see `orchestration/README.md`."""
