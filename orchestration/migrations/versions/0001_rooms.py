"""Rooms, roles and row-level security, as drawn in docs/architecture.md."""

from alembic import op

revision = "0001"
down_revision = None

ROLES = ("loader", "transformer", "scientist", "orchestrator", "bi_reader")

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Create every schema, role and table that dbt and the loader do not own."""
    for role in ROLES:
        op.execute(_create_role(role))
    for statement in (*_SCHEMAS, *_OPS, *_PREDICTIONS, *_GRANTS):
        op.execute(statement)
    for table in _PREDICTION_TABLES:
        for statement in _row_level_security(table):
            op.execute(statement)


def _create_role(role: str) -> str:
    # Roles belong to the whole server, so another database may have made them.
    return f"""
        do $$ begin
            create role {role} nologin;
        exception when duplicate_object then null;
        end $$
    """


def _row_level_security(table: str) -> tuple[str, ...]:
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


_SCHEMAS = (
    "grant loader, transformer, scientist, orchestrator, bi_reader to current_user",
    "revoke all on schema public from public",
    "create schema if not exists staging authorization transformer",
    "create schema if not exists intermediate authorization transformer",
    "create schema if not exists marts authorization transformer",
    "create schema if not exists reporting authorization transformer",
    "create schema if not exists predictions",
    "do $$ begin execute format('grant create on database %I to loader',"
    " current_database()); end $$",
)

_OPS = (
    """create table ops.companies (
        company_id text primary key check (company_id ~ '^[a-z][a-z0-9_]{0,39}$'),
        name text not null,
        currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
        time_zone text not null,
        created_at timestamptz not null default now()
    )""",
    """create table ops.connections (
        company_id text not null references ops.companies,
        connection_id text not null,
        source_slug text not null,
        settings jsonb not null,
        created_at timestamptz not null default now(),
        primary key (company_id, connection_id)
    )""",
    """create table ops.singer_bookmarks (
        company_id text not null references ops.companies,
        tap text not null,
        state jsonb not null,
        updated_at timestamptz not null default now(),
        primary key (company_id, tap)
    )""",
    """create table ops.runs (
        company_id text not null references ops.companies,
        run_id text not null,
        as_of_date date not null,
        input_version text not null,
        status text not null check (status in ('started', 'succeeded', 'failed')),
        message text,
        started_at timestamptz not null,
        finished_at timestamptz,
        primary key (company_id, run_id)
    )""",
    """create table ops.quarantined_records (
        company_id text not null,
        source text not null,
        stream text not null,
        record_hash text not null,
        batch_id text,
        location text,
        reason text not null,
        record jsonb,
        quarantined_at timestamptz not null default now(),
        primary key (company_id, source, stream, record_hash)
    )""",
)

_PREDICTION_COLUMNS = """
    company_id text not null,
    customer_id text not null,
    as_of_date date not null,
    fit_id text not null,
    model_version text not null,
    frequency integer not null,
    recency_days integer not null,
    age_days integer not null,
    order_count integer not null,
    historic_value numeric(18, 2) not null,
    currency_code text not null,
    probability_alive double precision not null
        check (probability_alive between 0 and 1),
    probability_no_purchase_90d double precision not null
        check (probability_no_purchase_90d between 0 and 1),
    expected_orders_30d double precision not null check (expected_orders_30d >= 0),
    expected_orders_90d double precision not null check (expected_orders_90d >= 0),
    expected_orders_365d double precision not null check (expected_orders_365d >= 0),
    expected_order_value numeric(18, 2) not null,
    predicted_value_12m numeric(18, 2) not null,
    data_through_date date not null,
    fitted_at timestamptz not null
"""

_PREDICTION_TABLES = (
    "model_fits",
    "model_parameters",
    "model_covariances",
    "gate_results",
    "predictions_customer",
    "predictions_customer_history",
)

_PREDICTIONS = (
    """create table predictions.model_fits (
        company_id text not null,
        fit_id text not null,
        as_of_date date not null,
        data_through_date date,
        model text not null,
        model_version text not null,
        status text not null check (status in ('published', 'blocked')),
        reason text,
        data_hash text not null,
        customer_count integer not null,
        repeat_customer_count integer not null,
        log_likelihood double precision,
        settings jsonb not null,
        fitted_at timestamptz not null,
        primary key (company_id, fit_id)
    )""",
    """create table predictions.model_parameters (
        company_id text not null,
        fit_id text not null,
        model text not null,
        parameter text not null,
        value double precision not null,
        standard_error double precision,
        primary key (company_id, fit_id, model, parameter)
    )""",
    """create table predictions.model_covariances (
        company_id text not null,
        fit_id text not null,
        model text not null,
        row_parameter text not null,
        column_parameter text not null,
        covariance double precision not null,
        primary key (company_id, fit_id, model, row_parameter, column_parameter)
    )""",
    """create table predictions.gate_results (
        company_id text not null,
        fit_id text not null,
        gate text not null,
        outcome text not null check (outcome in ('passed', 'warned', 'blocked')),
        observed double precision,
        threshold double precision,
        message text not null,
        primary key (company_id, fit_id, gate)
    )""",
    f"""create table predictions.predictions_customer (
        {_PREDICTION_COLUMNS},
        primary key (company_id, customer_id)
    )""",
    f"""create table predictions.predictions_customer_history (
        {_PREDICTION_COLUMNS},
        primary key (company_id, fit_id, customer_id)
    )""",
)

_GRANTS = (
    "grant usage on schema ops to orchestrator, loader, transformer",
    "grant select, insert, update, delete on all tables in schema ops to orchestrator",
    "grant select on ops.companies to transformer, loader",
    """grant select (company_id, source, stream, batch_id, location, reason,
        quarantined_at) on ops.quarantined_records to transformer""",
    "grant select, insert, update on ops.quarantined_records to loader",
    "grant usage on schema predictions to scientist, transformer, orchestrator",
    "grant usage on schema marts to scientist, orchestrator",
    "grant usage on schema staging, intermediate to orchestrator",
    "grant usage on schema reporting to bi_reader, orchestrator",
    # The current slice is replaced; everything else in the room is only added to.
    "grant select, insert, delete on predictions.predictions_customer to scientist",
    "grant select, insert on predictions.predictions_customer_history to scientist",
    """grant select, insert, update on predictions.model_fits,
        predictions.gate_results to scientist""",
    """grant select, insert on predictions.model_parameters,
        predictions.model_covariances to scientist""",
    "alter default privileges for role loader grant usage on schemas to transformer",
    "alter default privileges for role loader grant select on tables to transformer",
    """alter default privileges for role transformer in schema marts
        grant select on tables to scientist, orchestrator""",
    """alter default privileges for role transformer in schema staging, intermediate
        grant select on tables to orchestrator""",
    """alter default privileges for role transformer in schema reporting
        grant select on tables to bi_reader, orchestrator""",
)
