"""The queue of accounts to bring back, and their loyalty, points and referrals."""

from alembic import op

revision = "0068"
down_revision = "0067"

_OWN = """company_id = case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
end"""
_TABLES = {
    "account_queue": """
        account_id text not null,
        opened_on date not null,
        as_of_date date not null,
        lot_drawn_on date not null,
        is_watched boolean not null,
        opened_trigger text not null,
        opened_signals text[] not null,
        owner text,
        is_owner_drawn boolean not null,
        step_count integer not null,
        next_step text,
        due_on date,
        is_late boolean not null,
        last_contact_on date,
        last_outcome text,
        closed_on date,
        closed_because text check (closed_because in (
            'left', 'calm', 'ended', 'recovered', 'leaving', 'not_needed')),
        left_within_90d boolean,
        calm_after_28d boolean,
        primary key (company_id, account_id, opened_on)""",
    "account_queue_effects": """
        effect_name text not null
            check (effect_name in ('calm_after_28d', 'left_within_90d')),
        as_of_date date not null,
        status text not null
            check (status in ('too_early', 'cannot_tell', 'helps', 'harms')),
        verdict_en text not null,
        verdict_es text not null,
        acted_count integer not null,
        acted_hit_count integer not null,
        acted_ratio double precision,
        acted_ratio_lower double precision,
        acted_ratio_upper double precision,
        watched_count integer not null,
        watched_hit_count integer not null,
        watched_ratio double precision,
        watched_ratio_lower double precision,
        watched_ratio_upper double precision,
        difference double precision,
        difference_lower double precision,
        difference_upper double precision,
        primary key (company_id, effect_name)""",
    "account_loyalty": """
        account_id text not null,
        as_of_date date not null,
        reviewed_month date not null,
        tier_before text,
        months_below_before integer not null,
        tier text,
        months_below integer not null,
        next_tier text,
        lacks_en text,
        lacks_es text,
        months_active double precision not null,
        points_balance bigint not null,
        points_expiring_30d bigint not null,
        primary key (company_id, account_id)""",
    "loyalty_tiers": """
        tier text not null,
        place integer not null,
        as_of_date date not null,
        account_count integer not null,
        held_count integer not null,
        reached_count integer not null,
        lack_months_count integer not null,
        lack_adoption_count integer not null,
        lack_engagement_count integer not null,
        primary key (company_id, tier)""",
    "points_standing": """
        as_of_date date not null,
        earned_points bigint not null,
        redeemed_points bigint not null,
        expired_points bigint not null,
        outstanding_points bigint not null,
        owed_points bigint not null,
        redemption_ratio double precision not null,
        is_redemption_assumed boolean not null,
        point_value numeric(18, 6),
        point_value_lower numeric(18, 6),
        point_value_upper numeric(18, 6),
        provision_amount numeric(18, 2),
        primary key (company_id)""",
    "account_referrals": """
        referred_account_id text not null,
        as_of_date date not null,
        referrer_account_id text not null,
        attributed_by text not null check (attributed_by in ('code', 'click')),
        referred_on date not null,
        touch_count integer not null,
        paid_invoice_count integer not null,
        reward_state text not null
            check (reward_state in ('waiting', 'due', 'reversed')),
        flags text[] not null,
        flag_score double precision not null,
        needs_review boolean not null,
        primary key (company_id, referred_account_id)""",
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
