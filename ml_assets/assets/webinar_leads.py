"""Whom of a company's attendees to call first, and what came of those said so."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import numpy as np
import pandas as pd

from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.spoken import in_spanish
from ml_assets.assets.table_rows import read_frame, replace_frame
from ml_assets.sentences import Sentence
from ml_assets.webinars.lead_scores import MODEL_VERSION, LeadScores, score_leads
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["score_company_leads", "webinar_leads"]

_TABLES = {
    "webinar_leads": (
        "Attendees to call, with the calibrated probability of a purchase. One row per "
        "company, webinar and person whose 30 days are not over."
    ),
    "webinar_lead_bands": (
        "What came of those scored before, by band. One row per company and band."
    ),
    "webinar_lead_grades": (
        "How good the score was in time order, or why there is none. One row per "
        "company with attendees."
    ),
}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["predictions", table],
            deps=[
                ["marts", "webinar_leads"],
                ["marts", "webinar_lead_signals"],
                ["marts", "webinar_registrants"],
                ["marts", "webinar_registrations"],
            ],
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
def webinar_leads(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Score the attendees of one company's last webinars."""
    company_id = company_day.company_id(context)
    counts = score_company_leads(warehouse.url(), company_id)
    yield from with_row_counts(counts)


def score_company_leads(url: str, company_id: str) -> dict[str, int]:
    """Score a company's leads in place of those before; rows by table.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        people = read_frame(database, _PEOPLE, company_id)
        rows: dict[str, pd.DataFrame] = dict.fromkeys(_TABLES, pd.DataFrame())
        if not people.empty:
            as_of = people["as_of_date"].max()
            rows = {
                table: frame.assign(as_of_date=as_of)
                for table, frame in _frames(score_leads(people)).items()
            }
        for table, frame in rows.items():
            replace_frame(database, table, company_id, frame)
    return {table: len(frame) for table, frame in rows.items()}


def _frames(scores: LeadScores) -> dict[str, pd.DataFrame]:
    bands = [
        {
            "band": band.name,
            "people_count": band.people_count,
            "conversion_count": band.conversion_count,
            "said_ratio": band.mean_probability_ratio,
            "realised_ratio": band.realised_ratio,
            "realised_lower_ratio": band.realised_lower_ratio,
            "realised_upper_ratio": band.realised_upper_ratio,
        }
        for band in scores.bands
    ]
    return {
        "webinar_leads": scores.calls.assign(model_version=MODEL_VERSION),
        "webinar_lead_bands": pd.DataFrame(bands),
        "webinar_lead_grades": pd.DataFrame([_grade(scores)]),
    }


def _grade(scores: LeadScores) -> dict[str, Any]:
    told, grade = scores.refusal or scores.note, scores.grade
    return {
        "model_version": MODEL_VERSION,
        "is_scored": scores.refusal is None,
        "told_es": in_spanish(told) if told else None,
        "told_en": None if told is None else str(told),
        "signals_es": in_spanish(_signals(scores)),
        "signals_en": " ".join(map(str, _signals(scores))),
        "people_count": scores.people_count,
        "conversion_count": scores.conversion_count,
        "graded_count": grade.people_count if grade else 0,
        "base_ratio": grade.base_ratio if grade else np.nan,
        "area_under_curve": grade.area_under_curve if grade else np.nan,
        "calibration_error": grade.calibration_error if grade else np.nan,
        "brier_score": grade.brier_score if grade else np.nan,
        "brier_of_base": grade.brier_of_base if grade else np.nan,
    }


def _signals(scores: LeadScores) -> list[Sentence]:
    told = (scores.signals, scores.traits, scores.channels)
    return [sentence for sentence in told if sentence]


_PEOPLE = """
    select
        leads.*,
        signals.email_open_count,
        signals.email_click_count,
        signals.visit_count,
        traits.industry,
        traits.company_size,
        traits.job_level,
        nullif(registrations.channel_id, 'unknown') as channel_id,
        webinars.as_of_date
    from marts.webinar_leads as leads
    left join marts.webinar_lead_signals as signals
        on signals.company_id = %(company)s
        and leads.webinar_id = signals.webinar_id
        and leads.person_id = signals.person_id
    left join (
        select
            webinar_id,
            person_id,
            min(industry) as industry,
            min(company_size) as company_size,
            min(job_level) as job_level
        from marts.webinar_registrants
        where company_id = %(company)s
        group by webinar_id, person_id
    ) as traits
        on leads.webinar_id = traits.webinar_id
        and leads.person_id = traits.person_id
    left join marts.webinar_registrations as registrations
        on registrations.company_id = %(company)s
        and leads.webinar_id = registrations.webinar_id
        and leads.person_id = registrations.person_id
    inner join marts.webinars as webinars
        on webinars.company_id = %(company)s
        and leads.webinar_id = webinars.webinar_id
    where leads.company_id = %(company)s
"""
