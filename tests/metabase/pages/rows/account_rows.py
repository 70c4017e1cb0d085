"""The views of accounts and their health, filled by hand."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

from tests.metabase.pages.declared_tables import table_of
from tests.metabase.pages.rows import (
    loyalty_rows,
    programme_rows,
    segment_rows,
    service_rows,
    value_rows,
)

__all__ = ["NAMES", "TABLES", "fill_accounts"]

NAMES = (
    "accounts_now",
    "account_contacts_due",
    "care_comparisons",
    "success_activities",
    "survey_choices_now",
    "account_exit_reasons",
    "account_forecasts",
    "account_grades",
    "account_matches",
    "account_queue",
    "account_queue_effects",
    "account_queue_signals",
    "account_rivals",
    "account_timelines",
    "account_verdicts",
    "account_warnings",
    "mrr_now",
    "product_event_uses",
    "saas_kpis",
    *loyalty_rows.NAMES,
    *programme_rows.NAMES,
    *segment_rows.NAMES,
    *service_rows.NAMES,
    *value_rows.NAMES,
)
TABLES = ";\n".join(table_of("saas", name) for name in NAMES)
Values = Mapping[str, object]


def fill_accounts(connection: psycopg.Connection, company_id: str, times: int) -> None:
    """Two accounts, of which one is about to leave; counts are `times` as many."""
    rows: list[tuple[str, Values]] = [
        *(("accounts_now", row) for row in _accounts(times)),
        ("account_warnings", _warning("Usa poco", 4, is_raised=True)),
        ("account_warnings", _warning("Entra poco", 3, is_raised=True)),
        ("account_warnings", _warning("Pago atrasado", 1, is_raised=None)),
        ("account_timelines", _event("1997-06-20", "T7", "Abrió un ticket")),
        ("account_timelines", _event("1997-09-01", "T9", "Valoró el soporte", 2.5)),
        (
            "account_timelines",
            {
                **_event("1997-08-01", "1997-08-01", "MRR: Contracción"),
                "mrr_change": -10 * times,
            },
        ),
        (
            "account_timelines",
            {**_event("1997-08-02", "T8", "Abrió un ticket"), "account_id": "a2"},
        ),
        ("account_forecasts", _forecast(30, "fitted", "Da probabilidades", 0.75)),
        ("account_forecasts", _forecast(90, "too_few", "Faltan salidas", None)),
        ("account_grades", _grade("all", "at_risk_or_worse", 1, 40 * times)),
        ("account_grades", _grade("all", "low_login", 3, 20 * times)),
        ("account_grades", _grade("1997-06", "at_risk_or_worse", 1, 10 * times)),
        ("account_rivals", _rival("all", "weights", 1, 0.8)),
        ("account_rivals", _rival("all", "logistic", 2, 0.85)),
        ("account_rivals", _rival("1997-06", "weights", 1, 0.7)),
        ("account_rivals", _rival("1997-06", "days_since_last_login", 3, 0.6)),
        *(("account_matches", _match(str(each))) for each in range(times)),
        ("product_event_uses", _use("Cuentan", 1, 90 * times)),
        ("product_event_uses", _use("No dicen de qué cuenta son", 2, 10)),
        *(("account_queue", row) for row in _queue(times)),
        *loyalty_rows.loyalty_rows(times),
        *programme_rows.programme_rows(times),
        *segment_rows.segment_rows(times),
        *service_rows.service_rows(times),
        *value_rows.value_rows(times),
        ("account_queue_effects", _effect(times)),
        *(
            (
                "account_queue_signals",
                {
                    "account_id": "a1",
                    "opened_on": "1997-06-20",
                    "place": place,
                    "signal_label_es": label,
                },
            )
            for place, label in ((5, "Usa poco"), (4, "Entra poco"))
        ),
        *(("account_contacts_due", row) for row in _contacts(times)),
        *(("care_comparisons", row) for row in _cared(times)),
        *(("success_activities", row) for row in _activities(times)),
        *(("survey_choices_now", row) for row in _choices(times)),
        *(("account_exit_reasons", row) for row in _reasons(times)),
        *(("saas_kpis", row) for row in _kpis(times)),
        ("mrr_now", {"as_of_date": "1997-10-05", "current_mrr": 9_900 * times}),
        (
            "account_verdicts",
            {
                "verdict_es": f"Puso delante el {80 / times:.0f} %.",
                "decided_count": 40 * times,
                "warned_count": 10 * times,
                "median_lead_days": 21,
                "early_ratio": 0.25,
            },
        ),
    ]
    for table, told in rows:
        values = {"company_id": company_id, **told}
        connection.execute(
            sql.SQL("insert into reporting.{} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )


def _event(day: str, event_id: str, label: str, score: float | None = None) -> Values:
    return {
        "account_id": "a1",
        "event_date": day,
        "event_kind": label,
        "event_id": event_id,
        "event_label_es": label,
        "score": score,
    }


def _accounts(times: int) -> list[Values]:
    leaves = {
        "account_id": "a1",
        "account_name": f"Estudio {times}",
        "mrr_amount": 90 * times,
        "account_health_score": 45.4,
        "coverage_ratio": 0.9,
        "band": "critical",
        "band_place": 2,
        "band_label_es": "Crítica",
        "leave_probability_30": 0.125,
        "trigger_label_es": "Urgente",
        "next_step_es": "Escribir",
        "moves_es": "Uso bajó.",
        "usage_intensity": 12,
        "risk_place": 1,
    }
    stays = {
        **leaves,
        "account_id": "a2",
        "account_name": f"Taller {times}",
        "account_health_score": 95,
        "mrr_amount": 630 * times,
        "cs_manager": "Eva",
        "band": "healthy",
        "band_place": 4,
        "band_label_es": "Sana",
        "leave_probability_30": None,
        "risk_place": 2,
    }
    return [stays, leaves]


def _queue(times: int) -> list[Values]:
    """Two to act on, one of them late; one watched; one that is over."""
    late = {
        "account_id": "a1",
        "opened_on": "1997-06-20",
        "account_name": f"Estudio {times}",
        "owner": "Ana",
        "is_owner_drawn": False,
        "is_watched": False,
        "mrr_amount": 90 * times,
        "trigger_place": 2,
        "trigger_label_es": "Urgente",
        "first_move_es": "Escribir",
        "sequence_step_count": times,
        "sequence_step_es": "Llamada (día 14)",
        "due_on": "1997-06-29",
        "is_late": True,
        "last_contact_on": "1997-06-21",
        "closed_place": 1,
        "risk_place": 1,
        "as_of_date": "1997-06-30",
    }
    fine = {
        "account_id": "a2",
        "account_name": f"Taller {times}",
        "owner": "Eva",
        "is_owner_drawn": True,
        "due_on": "1997-07-02",
        "is_late": False,
        "trigger_place": 1,
    }
    watched = {"account_id": "a3", "is_watched": True, "due_on": None, "is_late": False}
    over = {
        "account_id": "a4",
        "closed_on": "1997-06-25",
        "closed_label_es": "Sin señales",
    }
    return [{**late, **one} for one in (fine, {}, watched, over)]


def _contacts(times: int) -> list[Values]:
    """Of two accounts one is late by a month; of reviews nobody is."""
    late = {
        "account_id": "a1",
        "account_name": f"Estudio {times}",
        "cs_manager": "Ana",
        "mrr_amount": 90 * times,
        "contact_kind": "contact",
        "place": 1,
        "contact_label_es": "Contacto (cada mes)",
        "last_contact_date": "1997-05-01",
        "due_date": "1997-05-31",
        "overdue_days": 30 * times,
        "window_count": 10,
        "kept_window_count": 7,
        "as_of_date": "1997-06-30",
    }
    fine = {
        "account_id": "a2",
        "account_name": f"Taller {times}",
        "account_segment": "Grandes",
        "overdue_days": 0,
        "kept_window_count": 10,
    }
    review = {"contact_kind": "business_review", "place": 3, "overdue_days": 0}
    label = {"contact_label_es": "Revisión de negocio (cada trimestre)"}
    return [late, {**late, **fine}, {**late, **review, **label}]


def _cared(times: int) -> list[Values]:
    """By who is in charge, of all and of a segment; by contacts of all."""
    told = {
        "care_basis": "manager",
        "segment": "",
        "month_start_date": "1997-05-01",
        "cared_count": 40 * times,
        "cared_retention_ratio": 0.9,
        "alone_count": 60 * times,
        "alone_retention_ratio": 0.7,
        "care_difference_ratio": 0.2,
        "care_difference_lower": 0.05 / times,
        "care_difference_upper": 0.33,
    }
    return [told, {**told, "segment": "Grandes"}, {**told, "care_basis": "contact"}]


def _activities(times: int) -> list[Values]:
    """Calls of two months, of which the last is the only one with a training."""
    told = (
        ("1997-04-01", "outreach", "Contactos", 1, 40),
        ("1997-05-01", "outreach", "Contactos", 1, 50),
        ("1997-05-01", "training", "Formaciones", 4, 3),
    )
    return [
        {
            "month_start_date": month,
            "activity_kind": kind,
            "activity_label_es": label,
            "place": place,
            "success_activity_count": count * times,
            "reached_account_count": count,
            "activity_target_count": 80 if kind == "outreach" else None,
        }
        for month, kind, label, place, count in told
    ]


def _choices(times: int) -> list[Values]:
    return [
        {
            "question_key": "Qué te frena",
            "choice_words": word.lower(),
            "choice": word,
            "chosen_count": count * times,
            "asked_count": 100 * times,
            "choice_ratio": count / 100,
        }
        for word, count in (("Falta tiempo", 30), ("No la conozco", 70))
    ]


def _reasons(times: int) -> list[Values]:
    """Of two years, of which the last is shown."""
    counts = ((1997, "Nada", 1), (1997, "El precio", 3), (1996, "Viejo", 4))
    return [
        {
            "year_start_date": f"{year}-01-01",
            "exit_reason": reason.lower(),
            "exit_reason_label_es": reason,
            "departed_account_count": count * times,
            "all_departed_count": 4 * times,
            "exit_reason_ratio": count / 4,
        }
        for year, reason, count in counts
    ]


def _kpis(times: int) -> list[Values]:
    """A share of three months, one without a target; an amount and a score.

    The first is the month before the programme, told anew since it was frozen.
    """
    churn = {
        "metric_name": "logo_churn_ratio",
        "unit": "share",
        "place": 1,
        "kpi_label_es": "Cuentas que se van",
        "month_start_date": "1997-09-01",
        "kpi_value": 0.01 * times,
        "kpi_change": -0.02,
        "target_month": "1998-01-01",
        "target_value": 0.035,
        "target_gap": 0.025,
        "baseline_value": 0.052,
    }
    before = {**churn, "month_start_date": "1997-08-01", "kpi_value": 0.03}
    first = {**churn, "month_start_date": "1997-03-01", "kpi_value": 0.09 * times}
    names = ("metric_name", "unit", "place", "kpi_label_es", "kpi_value")
    others = (
        ("gross_revenue_retention_ratio", "share", 5, "GRR de 12 meses", 0.9),
        ("end_mrr", "money", 1, "MRR", 10_152 * times),
        ("nps_score", "score", 3, "NPS", 45 / times),
    )
    month = {"month_start_date": "1997-09-01"}
    told = [{**dict(zip(names, each, strict=True)), **month} for each in others]
    # Of the share nobody states where it began.
    stated = [told[0], *({**each, "baseline_value": 40} for each in told[1:])]
    return [first, before, churn, *stated]


def _effect(times: int) -> Values:
    return {
        "effect_name": "left_within_90d",
        "place": 2,
        "effect_label_es": "Se fueron",
        "verdict_es": "Aún no se puede saber.",
        "acted_count": 20 * times,
        "acted_ratio": 0.25,
        "watched_count": 2 * times,
        "watched_ratio": 0.5,
    }


def _warning(label: str, place: int, *, is_raised: bool | None) -> Values:
    return {
        "account_id": "a1",
        "signal_name": label,
        "signal_label_es": label,
        "place": place,
        "is_raised": is_raised,
    }


def _forecast(days: int, status: str, label: str, auc: float | None) -> Values:
    return {
        "horizon_days": days,
        "status": status,
        "status_label_es": label,
        "reason_es": f"Porque sí, a {days} días.",
        "roc_auc": auc,
    }


def _grade(period: str, flag: str, place: int, flagged: int) -> Values:
    return {
        "period": period,
        "flag": flag,
        "place": place,
        "flag_label_es": flag,
        "graded_score_count": 10 * flagged,
        "followed_by_departure_count": flagged,
        "flagged_count": flagged,
        "found_count": flagged // 2,
        "flag_precision_ratio": 0.5,
        "flag_recall_ratio": 0.5,
        "flag_lift": 5,
    }


def _rival(period: str, rival: str, place: int, auc: float) -> Values:
    return {
        "period": period,
        "rival": rival,
        "place": place,
        "rival_label_es": rival,
        "graded_score_count": 100,
        "followed_by_departure_count": 30,
        "rival_roc_auc": auc,
    }


def _match(record: str) -> Values:
    how = {"matched_how": "alone", "match_label_es": "Es una cuenta propia"}
    return {"system_name": "Stripe", "record_id": record, "place": 3, **how}


def _use(label: str, place: int, count: int) -> Values:
    return {
        "event_month": "1997-06-01",
        "event_use": label,
        "place": place,
        "event_use_label_es": label,
        "event_count": count,
        "event_share": 0.9 if place == 1 else 0.1,
    }
