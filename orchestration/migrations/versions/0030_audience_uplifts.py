"""What audiences brought, measured in the laboratory instead of in a view."""

from alembic import op

revision = "0030"
down_revision = "0029"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the table; readers see their own company's rows, nobody else's."""
    for statement in (_TABLE, *_SECURITY):
        op.execute(statement)


_TABLE = """
    create table predictions.audience_uplifts (
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
    )
"""

_SECURITY = (
    "alter table predictions.audience_uplifts enable row level security",
    f"""create policy company_reads_own_rows on predictions.audience_uplifts
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """create policy platform_reads_all on predictions.audience_uplifts
        for select to scientist, transformer, orchestrator using (true)""",
    """create policy scientist_writes on predictions.audience_uplifts
        for all to scientist using (true) with check (true)""",
    """grant select on predictions.audience_uplifts
        to bi_reader, transformer, orchestrator""",
    """grant select, insert, update, delete on predictions.audience_uplifts
        to scientist""",
)
