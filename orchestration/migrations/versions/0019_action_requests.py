"""What people ask the platform to do, and the scenarios that come of it."""

from alembic import op

revision = "0019"
down_revision = "0018"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"
_COMPANY_OF_WRITER = "substring(current_user::text from '^actions_(.*)$')"


def upgrade() -> None:
    """Add the requests, who may write them, and the tables of saved scenarios."""
    for statement in (_WRITERS, *_REQUESTS, *_WRITERS_OF_COMPANIES, *_TABLES, *_GRANTS):
        op.execute(statement)
    for table in _PREDICTIONS:
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
    )


# Roles belong to the whole server, so another database may have made them.
_WRITERS = """
    do $$ begin
        create role action_writer nologin;
    exception when duplicate_object then null;
    end $$
"""

_REQUESTS = (
    # Who inserts cannot name the company: it is in the name of their login, and the
    # policy compares it once more.
    f"""create table ops.action_requests (
        company_id text not null default {_COMPANY_OF_WRITER}
            references ops.companies on delete cascade,
        id uuid not null default gen_random_uuid(),
        kind text not null check (kind ~ '^[a-z][a-z0-9_]{{0,39}}$'),
        payload jsonb not null check (
            jsonb_typeof(payload) = 'object' and length(payload::text) <= 4000
        ),
        idempotency_key text not null default gen_random_uuid()::text
            check (length(idempotency_key) between 1 and 200),
        requested_at timestamptz not null default now(),
        requested_by text not null default 'metabase'
            check (length(requested_by) <= 200),
        state text not null default 'requested'
            check (state in ('requested', 'running', 'done', 'refused')),
        reason text,
        reason_code text,
        reason_facts jsonb,
        finished_at timestamptz,
        primary key (company_id, id),
        unique (company_id, idempotency_key)
    )""",
    """create index action_requests_open on ops.action_requests (company_id)
        where state in ('requested', 'running')""",
    "alter table ops.action_requests enable row level security",
    f"""create policy company_asks_for_itself on ops.action_requests
        for insert to action_writer with check (company_id = {_COMPANY_OF_WRITER})""",
    f"""create policy company_reads_own_rows on ops.action_requests
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """create policy platform_works on ops.action_requests
        to orchestrator, transformer using (true) with check (true)""",
    "grant usage on schema ops to action_writer",
    """grant insert (kind, payload, idempotency_key) on ops.action_requests
        to action_writer""",
    "grant select on ops.action_requests to bi_reader, transformer",
    "grant select, insert, update, delete on ops.action_requests to orchestrator",
)

# Companies that are there already; `timonel company add` makes those of new ones.
_WRITERS_OF_COMPANIES = (
    """do $$ declare company record; begin
        for company in select company_id from ops.companies loop
            begin
                execute format(
                    'create role %I login in role action_writer',
                    'actions_' || company.company_id
                );
            exception when duplicate_object then null;
            end;
        end loop;
    end $$""",
)

_RUN = """
    fit_id text not null,
    as_of_date date not null,
    data_through_date date not null,
    model_version text not null,
    fitted_at timestamptz not null
"""

_PREDICTIONS = ("marketing_curve_draws", "scenarios", "scenario_channels")

_TABLES = (
    # One element per draw of the posterior, the same draw at the same place in every
    # channel: sums over channels keep their correlation.
    f"""create table predictions.marketing_curve_draws (
        company_id text not null,
        outcome_unit text not null
            check (outcome_unit in ('revenue', 'margin', 'orders', 'value_12m')),
        channel_id text not null,
        alphas double precision[] not null,
        half_saturations double precision[] not null,
        gammas double precision[] not null,
        {_RUN},
        primary key (company_id, outcome_unit, channel_id)
    )""",
    f"""create table predictions.scenarios (
        company_id text not null,
        scenario_id uuid not null,
        name text not null,
        start_date date not null,
        end_date date not null,
        current_spend numeric(24, 6) not null,
        projected_spend numeric(24, 6) not null,
        current_income double precision not null,
        projected_income double precision not null,
        income_gain double precision not null,
        income_gain_lower double precision not null,
        income_gain_upper double precision not null,
        probability_more_income double precision not null,
        current_profit double precision,
        projected_profit double precision,
        profit_gain double precision,
        profit_gain_lower double precision,
        profit_gain_upper double precision,
        probability_more_profit double precision,
        margin_rate double precision,
        baseline_income double precision not null,
        currency_code text not null,
        data_hash text not null,
        seal text not null,
        computed_at timestamptz not null default now(),
        {_RUN},
        primary key (company_id, scenario_id),
        check (end_date >= start_date)
    )""",
    """create table predictions.scenario_channels (
        company_id text not null,
        scenario_id uuid not null,
        channel_id text not null,
        current_spend numeric(24, 6) not null,
        projected_spend numeric(24, 6) not null,
        minimum_spend numeric(24, 6) not null,
        maximum_spend numeric(24, 6) not null,
        current_expected double precision not null,
        projected_expected double precision not null,
        primary key (company_id, scenario_id, channel_id)
    )""",
)

_GRANTS = (
    # A plan that was saved is never written again: it is what will be graded.
    """grant select, insert on predictions.scenarios, predictions.scenario_channels
        to scientist""",
    "grant select, insert, delete on predictions.marketing_curve_draws to scientist",
)
