"""Kinds of people in a company's audience, under the names they had before."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import dagster as dg
import numpy as np
import pandas as pd

from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.table_rows import read_frame, replace_frame
from ml_assets.webinars.errors import TooFewPeople
from ml_assets.webinars.leads import Floats
from ml_assets.webinars.segment_profiles import profile_of
from ml_assets.webinars.segments import Candidate, matched, segment
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["FEATURES", "MODEL_VERSION", "segment_company_audience", "webinar_segments"]

MODEL_VERSION: Final = "1"
#: What people did; nothing of it is an outcome or a prediction.
FEATURES: Final = (
    *("registered_count", "show_ratio", "attended_ratio", "chat_mean"),
    *("question_mean", "answered_poll_ratio", "click_mean"),
)
_SEED = 42
_STANDS_OUT = 0.2
_TABLES = {
    "webinar_segment_members": (
        "Who is of which kind. One row per company and person of the audience."
    ),
    "webinar_segments": (
        "A kind of people, with the means of what they did. One row per company and "
        "segment."
    ),
    "webinar_segment_counts": (
        "How stable each number of kinds was; the one taken. One row per company and "
        "number."
    ),
}
Frames = dict[str, pd.DataFrame]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["predictions", table],
            deps=[["marts", "webinar_audience_members"]],
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version=MODEL_VERSION,
            description=description,
        )
        for table, description in _TABLES.items()
    ],
    partitions_def=company_days,
)
def webinar_segments(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Divide one company's audience into kinds of people."""
    company_id = company_day.company_id(context)
    counts = segment_company_audience(warehouse.url(), company_id)
    yield from with_row_counts(counts)


def segment_company_audience(url: str, company_id: str) -> dict[str, int]:
    """Divide a company's audience anew; rows by table.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        people = read_frame(database, _PEOPLE, company_id)
        before = read_frame(database, _BEFORE, company_id)
        rows: Frames = dict.fromkeys(_TABLES, pd.DataFrame())
        if not people.empty:
            as_of = people["as_of_date"].max()
            rows = {
                table: frame if frame.empty else frame.assign(as_of_date=as_of)
                for table, frame in _segmented(people, before).items()
            }
        for table, frame in rows.items():
            replace_frame(database, table, company_id, frame)
    return {table: len(frame) for table, frame in rows.items()}


def _segmented(people: pd.DataFrame, before: pd.DataFrame) -> Frames:
    features = _features(people)
    try:
        found = segment(features, np.random.default_rng(_SEED))
    except TooFewPeople:
        none = [Candidate(0, np.nan, np.nan, np.nan, np.nan)]
        return _none(_counts(none, None, people))
    if found.labels is None:
        return _none(_counts(found.candidates, None, people))
    groups = int(found.labels.max()) + 1
    means = np.stack([features[found.labels == g].mean(axis=0) for g in range(groups)])
    mean, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    names = matched(means, *_earlier(before), spread)
    members = pd.DataFrame(
        {
            "person_id": people["person_id"],
            "segment_id": [names[label] for label in found.labels],
            "model_version": MODEL_VERSION,
        }
    )
    moved = _moved(members, people)
    profiles = []
    for group, name in enumerate(names):
        profile = profile_of(people[found.labels == group])
        profiles.append(
            {
                "segment_id": name,
                "features": json.dumps(dict(zip(FEATURES, means[group], strict=True))),
                "moved_in_count": moved.by_segment.get(name, 0),
                "people_ratio": float((found.labels == group).mean()),
                "top_feature": _top((means[group] - mean) / spread),
                **asdict(profile),
            }
        )
    return {
        "webinar_segment_members": members,
        "webinar_segments": pd.DataFrame(profiles),
        "webinar_segment_counts": _counts(found.candidates, groups, people, moved),
    }


def _top(distances: Floats) -> str:
    """By what a kind stands out, in standard deviations; nothing where it does less."""
    return (
        FEATURES[int(distances.argmax())] if distances.max() > _STANDS_OUT else "less"
    )


def _none(counts: pd.DataFrame) -> Frames:
    empty = pd.DataFrame()
    return {
        "webinar_segment_members": empty,
        "webinar_segments": empty,
        "webinar_segment_counts": counts,
    }


def _features(people: pd.DataFrame) -> Floats:
    """Shape (people, features); who never came did nothing."""
    told = people.assign(
        show_ratio=people["attended_count"] / people["registered_count"]
    )
    return np.asarray(told[list(FEATURES)].astype(float).fillna(0), dtype=np.float64)


def _earlier(before: pd.DataFrame) -> tuple[Floats, tuple[int, ...]]:
    """Mean features and names of the groups of the last run."""
    rows = [
        each if isinstance(each, dict) else json.loads(each)
        for each in before.get("features", ())
    ]
    means = [[row.get(name, 0.0) for name in FEATURES] for row in rows]
    names = tuple(int(each) for each in before.get("segment_id", ()))
    return np.array(means, dtype=np.float64).reshape(-1, len(FEATURES)), names


@dataclass(frozen=True)
class _Moved:
    """People who were of a kind before: of the same now, and who came, by kind."""

    known_count: int
    kept_count: int
    by_segment: Mapping[int, int]


def _moved(members: pd.DataFrame, people: pd.DataFrame) -> _Moved:
    was, now = people["was_segment_id"], members["segment_id"]
    is_known = was.notna()
    is_same = is_known & (was == now)
    came = Counter(now[is_known & ~is_same].tolist())
    return _Moved(int(is_known.sum()), int(is_same.sum()), came)


def _counts(
    candidates: Sequence[Candidate],
    taken: int | None,
    people: pd.DataFrame,
    moved: _Moved | None = None,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment_count": each.count,
            "model_version": MODEL_VERSION,
            "silhouette": each.silhouette,
            "least_jaccard": each.jaccard,
            "adjusted_rand": each.rand,
            "smallest_ratio": each.smallest_share,
            "is_stable": bool(each.is_stable),
            "is_taken": each.count == taken,
            "people_count": len(people),
            "kept_count": moved.kept_count if moved else None,
            "known_before_count": moved.known_count if moved else None,
        }
        for each in candidates
    )


_PEOPLE = """
    select
        members.*,
        told.as_of_date,
        was.segment_id as was_segment_id
    from marts.webinar_audience_members as members
    cross join (
        select max(as_of_date) as as_of_date
        from marts.webinars where company_id = %(company)s
    ) as told
    left join predictions.webinar_segment_members as was
        on was.company_id = %(company)s and members.person_id = was.person_id
    where members.company_id = %(company)s
    order by members.person_id
"""
_BEFORE = """
    select segment_id, features
    from predictions.webinar_segments
    where company_id = %(company)s
    order by segment_id
"""
