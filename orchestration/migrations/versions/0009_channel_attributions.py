"""What each way of attribution credits to each channel."""

from alembic import op

revision = "0009"
down_revision = "0008"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Create the table and say who sees which of its rows."""
    for statement in (_TABLE, *_SECURITY, *_GRANTS):
        op.execute(statement)


# The slice of an as-of date is replaced whole: it describes orders, which later days
# know better. Bounds are those of 90 % intervals, null where there is none.
_TABLE = """create table predictions.channel_attributions (
    company_id text not null,
    as_of_date date not null,
    method text not null check (method in ('first', 'last', 'linear', 'time_decay',
        'position_based', 'markov', 'shapley')),
    channel_id text not null,
    window_days integer not null,
    conversions numeric(18, 6) not null,
    conversions_lower numeric(18, 6),
    conversions_upper numeric(18, 6),
    value numeric(18, 2) not null,
    value_lower numeric(18, 2),
    value_upper numeric(18, 2),
    share double precision not null,
    share_lower double precision,
    share_upper double precision,
    currency_code text not null,
    model_version text not null,
    attributed_at timestamptz not null,
    primary key (company_id, as_of_date, method, channel_id)
)"""

_SECURITY = (
    "alter table predictions.channel_attributions enable row level security",
    f"""create policy company_reads_own_rows on predictions.channel_attributions
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """create policy platform_reads_all on predictions.channel_attributions
        for select to scientist, transformer, orchestrator using (true)""",
    """create policy scientist_writes on predictions.channel_attributions
        for all to scientist using (true) with check (true)""",
)

_GRANTS = (
    """grant select on predictions.channel_attributions
        to bi_reader, transformer, orchestrator""",
    "grant select, insert, delete on predictions.channel_attributions to scientist",
)
