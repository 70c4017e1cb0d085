"""What a run found, with the truth beside it where it is known."""

from __future__ import annotations

from typing import Any

from orchestration.lib.companies import Company

__all__ = ["print_summary"]


def print_summary(url: str, company: Company, truth: dict[str, Any]) -> None:
    """Print the headline numbers of one company."""
