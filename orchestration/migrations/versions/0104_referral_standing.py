"""What referring brings to a company of subscriptions."""

from alembic import op

revision = "0104"
down_revision = "0103"

# Whose rows a reader's or an analyst's login sees, as of 0072.
_COMPANY_OF_READER = """case
    when starts_with(current_user::text, 'bi_') then substr(current_user::text, 4)
    when starts_with(current_user::text, 'lab_') then substr(current_user::text, 5)
end"""
_POLICIES = {
    "company_reads_own_rows": (
        f"for select to bi_reader using (company_id = {_COMPANY_OF_READER})"
    ),
    "platform_reads_all": (
        "for select to scientist, transformer, orchestrator using (true)"
    ),
    "scientist_writes": "for all to scientist using (true) with check (true)",
}


def upgrade() -> None:
    """Add the table; readers see their own company's row, nobody else's."""
    table = "predictions.referral_standing"
    op.execute(
        f"""
        create table if not exists {table} (
            company_id text not null primary key,
            as_of_date date not null,
            paying_account_count integer not null,
            referrer_count integer not null,
            referrer_ratio double precision,
            referred_count integer not null,
            converted_count integer not null,
            conversion_ratio double precision,
            conversion_ratio_lower double precision,
            conversion_ratio_upper double precision,
            income_amount numeric(18, 2) not null,
            margin_amount numeric(18, 2),
            payout_amount numeric(18, 2) not null,
            unpriced_payout_count integer not null,
            roi double precision,
            referred_begun_count integer not null,
            referred_kept_ratio double precision,
            others_begun_count integer not null,
            others_kept_ratio double precision,
            kept_difference_ratio double precision,
            kept_difference_lower double precision,
            kept_difference_upper double precision
        )
        """
    )
    op.execute(f"alter table {table} enable row level security")
    for policy, who in _POLICIES.items():
        op.execute(f"drop policy if exists {policy} on {table}")
        op.execute(f"create policy {policy} on {table} {who}")
    op.execute(f"grant select on {table} to bi_reader, transformer, orchestrator")
    op.execute(f"grant select, insert, delete on {table} to scientist")
