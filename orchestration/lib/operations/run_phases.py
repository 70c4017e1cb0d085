"""Which assets a run of a company has, phase by phase, by the group they are in.

The schedule runs all phases at once, the command line one after the other, to show
them. A group that no other phase names is computed between marts and reporting, so that
a new model is run by both without being named here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

__all__ = [
    "BELOW_PREDICTIONS",
    "PAGES",
    "READING",
    "REPORTING",
    "computed_groups",
    "is_model",
]

#: How the groups of sources begin.
READING = "ingest_"
#: All that dbt makes below: asked for a part, it cannot leave out what is unchanged.
BELOW_PREDICTIONS = ("dbt_staging", "dbt_personal", "dbt_intermediate", "dbt_marts")
REPORTING = ("dbt_reporting",)
#: Rendered each night; by hand with `timonel dashboard`.
PAGES = ("dashboards",)

_MODELS = "ml_"


def is_model(group: str) -> bool:
    """Whether a group is published only as often as its company is told predictions."""
    return group.startswith(_MODELS)


def computed_groups(groups: Iterable[str], *, is_publishing: bool) -> Collection[str]:
    """The groups between marts and reporting: models, and what facts say every day.

    Parameters
    ----------
    groups
        Those of all assets.
    is_publishing
        Whether the company is told its predictions today.
    """
    elsewhere = {*BELOW_PREDICTIONS, *REPORTING, *PAGES}
    return sorted(
        group
        for group in set(groups) - elsewhere
        if not group.startswith(READING) and (is_publishing or not is_model(group))
    )
