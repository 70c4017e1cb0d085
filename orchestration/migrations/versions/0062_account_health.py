"""How accounts fare, who leaves, which signals they raise, and how well that told."""

from alembic import op

revision = "0062"
down_revision = "0061"

_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""
_BAND = "('healthy', 'at_risk', 'critical', 'severe', 'unknown')"
_TABLES = {
    "account_health": f"""
        account_id text not null,
        as_of_date date not null,
        score double precision,
        coverage_ratio double precision not null,
        band text not null check (band in {_BAND}),
        usage_intensity double precision,
        feature_adoption double precision,
        support_interactions double precision,
        payment_history double precision,
        engagement_level double precision,
        score_change double precision,
        moves_en text,
        moves_es text,
        trigger_name text not null,
        signal_count integer not null,
        known_signal_count integer not null,
        next_step text not null,
        risk_place integer not null,
        primary key (company_id, account_id)""",
    "account_signals": """
        account_id text not null,
        signal_name text not null,
        as_of_date date not null,
        signal_value double precision,
        threshold double precision not null,
        is_own_threshold boolean not null,
        is_raised boolean,
        primary key (company_id, account_id, signal_name)""",
    "account_churn": """
        account_id text not null,
        horizon_days integer not null,
        as_of_date date not null,
        stratum text not null check (stratum in ('free', 'bound')),
        probability double precision,
        risk_order integer,
        primary key (company_id, account_id, horizon_days)""",
    "account_churn_fits": """
        horizon_days integer not null,
        as_of_date date not null,
        status text not null
            check (status in ('fitted', 'order_only', 'no_signal', 'too_few')),
        reason_en text not null,
        reason_es text not null,
        account_count integer not null,
        bound_count integer not null,
        left_count integer not null,
        roc_auc double precision,
        roc_auc_lower double precision,
        roc_auc_upper double precision,
        brier double precision,
        base_brier double precision,
        calibration_error double precision,
        primary key (company_id, horizon_days)""",
    "account_grades": """
        period text not null,
        flag text not null,
        account_count integer not null,
        left_count integer not null,
        flagged_count integer not null,
        found_count integer not null,
        precision_ratio double precision,
        precision_ratio_lower double precision,
        precision_ratio_upper double precision,
        recall_ratio double precision,
        recall_ratio_lower double precision,
        recall_ratio_upper double precision,
        lift double precision,
        primary key (company_id, period, flag)""",
    "account_rivals": """
        period text not null,
        rival text not null,
        account_count integer not null,
        left_count integer not null,
        roc_auc double precision,
        roc_auc_lower double precision,
        roc_auc_upper double precision,
        top_lift double precision,
        brier double precision,
        base_brier double precision,
        calibration_error double precision,
        primary key (company_id, period, rival)""",
    "account_verdicts": """
        as_of_date date not null,
        status text not null check (status in ('graded', 'too_few')),
        verdict_en text not null,
        verdict_es text not null,
        decided_count integer not null,
        warned_count integer not null,
        median_lead_days double precision,
        early_ratio double precision,
        early_ratio_lower double precision,
        early_ratio_upper double precision,
        returned_band_ratio double precision,
        weekly_red_count double precision,
        primary key (company_id)""",
}
_POLICIES = {
    "company_reads_own_rows": f"for select to bi_reader using ({_OWN})",
    "platform_reads_all": (
        "for select to scientist, transformer, orchestrator using (true)"
    ),
    "scientist_writes": "for all to scientist using (true) with check (true)",
}


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for name, columns in _TABLES.items():
        table = f"predictions.{name}"
        op.execute(
            f"create table if not exists {table} (company_id text not null,{columns})"
        )
        op.execute(f"alter table {table} enable row level security")
        for policy, who in _POLICIES.items():
            op.execute(f"drop policy if exists {policy} on {table}")
            op.execute(f"create policy {policy} on {table} {who}")
        op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
        op.execute(f"grant select, insert, update, delete on {table} to scientist")
