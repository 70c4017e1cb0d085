"""What all channels of a mix brought together, with the range of their sum."""

from alembic import op

revision = "0048"
down_revision = "0047"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the table; a mix of before is fitted again at its next run."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    """create table if not exists predictions.media_mix_totals (
        company_id text not null,
        outcome_unit text not null
            check (outcome_unit in ('revenue', 'margin', 'orders', 'value_12m')),
        status text not null,
        reason text,
        reason_es text,
        total_spend numeric(24, 6),
        current_roi double precision,
        current_roi_lower double precision,
        current_roi_upper double precision,
        currency_code text not null,
        fit_id text not null,
        as_of_date date not null,
        model_version text not null,
        fitted_at timestamptz not null,
        primary key (company_id, outcome_unit)
    )""",
    "alter table predictions.media_mix_totals enable row level security",
    "drop policy if exists company_reads_own_rows on predictions.media_mix_totals",
    f"""create policy company_reads_own_rows on predictions.media_mix_totals
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    "drop policy if exists platform_reads_all on predictions.media_mix_totals",
    """create policy platform_reads_all on predictions.media_mix_totals
        for select to scientist, transformer, orchestrator using (true)""",
    "drop policy if exists scientist_writes on predictions.media_mix_totals",
    """create policy scientist_writes on predictions.media_mix_totals
        for all to scientist using (true) with check (true)""",
    """grant select on predictions.media_mix_totals
        to bi_reader, transformer, orchestrator""",
    "grant select, insert, update on predictions.media_mix_totals to scientist",
)
