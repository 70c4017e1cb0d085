"""What was measured of audiences and campaigns, by a run instead of by a view."""

from alembic import op

revision = "0030"
down_revision = "0029"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the tables; readers see their own company's rows, nobody else's."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("audience_uplifts", "campaign_comparisons"):
        for statement in _security(table):
            op.execute(statement)


def _security(table: str) -> tuple[str, ...]:
    return (
        f"alter table predictions.{table} enable row level security",
        f"""create policy company_reads_own_rows on predictions.{table}
            for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
        f"""create policy platform_reads_all on predictions.{table}
            for select to scientist, transformer, orchestrator using (true)""",
        f"""create policy scientist_writes on predictions.{table}
            for all to scientist using (true) with check (true)""",
        f"grant select on predictions.{table} to bi_reader, transformer, orchestrator",
        f"grant select, insert, delete on predictions.{table} to scientist",
    )


_TABLES = (
    """create table predictions.audience_uplifts (
        company_id text not null,
        audience_id uuid not null,
        counted_from date not null,
        counted_to date not null,
        data_through_date date,
        currency_code text not null,
        contacted_count bigint not null,
        held_back_count bigint not null,
        contacted_buyer_count bigint not null,
        held_back_buyer_count bigint not null,
        result text not null check (
            result in ('not_due', 'too_small', 'gained', 'lost', 'no_evidence')
        ),
        revenue_gained numeric(18, 2),
        revenue_gained_lower numeric(18, 2),
        revenue_gained_upper numeric(18, 2),
        margin_gained numeric(18, 2),
        margin_gained_lower numeric(18, 2),
        margin_gained_upper numeric(18, 2),
        margin_error numeric(18, 2),
        margin_skewness numeric(9, 6),
        customers_gained double precision,
        customers_gained_lower double precision,
        customers_gained_upper double precision,
        measured_at timestamptz not null,
        primary key (company_id, audience_id)
    )""",
    """create table predictions.campaign_comparisons (
        company_id text not null,
        channel_id text not null,
        named_campaign_id text not null,
        campaign_name text not null,
        customer_count integer not null,
        lost_count integer not null,
        lost_rate double precision not null,
        lost_rate_lower double precision not null,
        lost_rate_upper double precision not null,
        others_customer_count integer not null,
        others_lost_count integer not null,
        others_lost_rate double precision,
        difference_rate double precision,
        difference_rate_lower double precision,
        difference_rate_upper double precision,
        spend_30d numeric(18, 2),
        losing_spend_30d numeric(18, 2) not null,
        inactivity_days integer not null,
        currency_code text not null,
        as_of_date date not null,
        primary key (company_id, channel_id, named_campaign_id)
    )""",
)
