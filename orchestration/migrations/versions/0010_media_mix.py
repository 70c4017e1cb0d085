"""The media mix: what channels bring, the best budgets, and what people say of both."""

from alembic import op

revision = "0010"
down_revision = "0009"

_COMPANY_OF_READER = "substring(current_user::text from '^bi_(.*)$')"


def upgrade() -> None:
    """Add the tables of the mix, and the settings it is told."""
    for statement in (*_SETTINGS, *_TABLES, *_GRANTS):
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


# What people enter: `timonel media --help`.
_SETTINGS = (
    """create table ops.lift_tests (
        company_id text not null references ops.companies on delete cascade,
        lift_test_id text not null,
        channel_id text not null,
        outcome_unit text not null
            check (outcome_unit in ('revenue', 'orders', 'value_12m')),
        start_date date not null,
        end_date date not null,
        lift numeric(18, 2) not null,
        lift_error numeric(18, 2) not null check (lift_error > 0),
        created_at timestamptz not null default now(),
        primary key (company_id, lift_test_id),
        check (end_date >= start_date)
    )""",
    """create table ops.budget_constraints (
        company_id text not null references ops.companies on delete cascade,
        channel_id text not null,
        minimum_spend numeric(18, 2) check (minimum_spend >= 0),
        maximum_spend numeric(18, 2) check (maximum_spend >= 0),
        maximum_change numeric(6, 4) check (maximum_change >= 0),
        updated_at timestamptz not null default now(),
        primary key (company_id, channel_id),
        check (maximum_spend >= minimum_spend)
    )""",
    # Nobody has to agree on a target: without a row the defaults of the views hold.
    """create table ops.marketing_targets (
        company_id text not null references ops.companies on delete cascade,
        value_to_cost_target numeric(8, 3) not null check (value_to_cost_target > 0),
        marginal_return_target numeric(8, 3) not null
            check (marginal_return_target > 0),
        updated_at timestamptz not null default now(),
        primary key (company_id)
    )""",
    "alter table ops.marketing_targets enable row level security",
    f"""create policy company_reads_own_rows on ops.marketing_targets
        for select to bi_reader using (company_id = {_COMPANY_OF_READER})""",
    """create policy platform_works on ops.marketing_targets
        to orchestrator, transformer using (true) with check (true)""",
    "grant select on ops.marketing_targets to bi_reader, transformer",
    """grant select, insert, update, delete on ops.lift_tests, ops.budget_constraints,
        ops.marketing_targets to orchestrator""",
)

# Which fit a row comes from.
_RUN = """
    fit_id text not null,
    as_of_date date not null,
    data_through_date date not null,
    model_version text not null,
    fitted_at timestamptz not null
"""

_OUTCOMES = "('revenue', 'margin', 'orders', 'value_12m')"
_OUTCOME = f"outcome_unit text not null check (outcome_unit in {_OUTCOMES})"

# The owner's four columns first. Spend per day; alpha and the rest of the response per
# day in the outcome's unit; 90 % intervals.
_CURVE_COLUMNS = f"""
    company_id text not null,
    {_OUTCOME},
    channel_id text not null,
    alpha double precision,
    alpha_lower double precision,
    alpha_upper double precision,
    gamma double precision,
    gamma_lower double precision,
    gamma_upper double precision,
    current_roi double precision,
    current_roi_lower double precision,
    current_roi_upper double precision,
    roi_without_search double precision,
    roi_without_search_lower double precision,
    roi_without_search_upper double precision,
    marginal_return double precision,
    marginal_return_lower double precision,
    marginal_return_upper double precision,
    half_saturation double precision,
    half_saturation_lower double precision,
    half_saturation_upper double precision,
    decay double precision,
    decay_lower double precision,
    decay_upper double precision,
    contribution double precision,
    contribution_lower double precision,
    contribution_upper double precision,
    total_spend numeric(24, 6),
    current_spend numeric(24, 6),
    smallest_spend numeric(24, 6),
    largest_spend numeric(24, 6),
    saturation_spend numeric(24, 6),
    saturation_days integer,
    status text not null,
    reason text,
    currency_code text not null,
    {_RUN}
"""

_PREDICTIONS = (
    "media_mix_fits",
    "new_customer_values",
    "marketing_curves",
    "marketing_curves_history",
    "marketing_curve_points",
    "marketing_contributions",
    "budget_grid",
    "budget_scenarios",
    "budget_scenario_channels",
    "media_mix_backtests",
)

_TABLES = (
    """create table predictions.media_mix_fits (
        company_id text not null,
        fit_id text not null,
        outcome_unit text not null,
        as_of_date date not null,
        data_through_date date,
        model_version text not null,
        status text not null check (status in ('published', 'blocked', 'not_fitted')),
        reason text,
        data_hash text not null,
        day_count integer not null,
        currency_code text not null,
        settings jsonb not null,
        fitted_at timestamptz not null,
        primary key (company_id, fit_id)
    )""",
    # Sums add up over days: variances of single customers, and the error they share.
    """create table predictions.new_customer_values (
        company_id text not null,
        first_order_date date not null,
        channel_id text not null,
        customer_count integer not null,
        first_order_revenue numeric(18, 2) not null,
        observed_value numeric(18, 2) not null,
        expected_value numeric(18, 2) not null,
        value_12m numeric(18, 2) not null,
        independent_variance double precision not null,
        shared_error double precision not null,
        currency_code text not null,
        as_of_date date not null,
        primary key (company_id, first_order_date, channel_id)
    )""",
    f"""create table predictions.marketing_curves (
        {_CURVE_COLUMNS},
        primary key (company_id, outcome_unit, channel_id)
    )""",
    f"""create table predictions.marketing_curves_history (
        {_CURVE_COLUMNS},
        primary key (company_id, fit_id, outcome_unit, channel_id)
    )""",
    f"""create table predictions.marketing_curve_points (
        company_id text not null,
        {_OUTCOME},
        channel_id text not null,
        point integer not null,
        spend numeric(24, 6) not null,
        expected double precision not null,
        expected_lower double precision not null,
        expected_upper double precision not null,
        marginal_return double precision not null,
        is_current boolean not null,
        is_observed boolean not null,
        {_RUN},
        primary key (company_id, outcome_unit, channel_id, point)
    )""",
    f"""create table predictions.marketing_contributions (
        company_id text not null,
        {_OUTCOME},
        calendar_date date not null,
        component text not null,
        kind text not null,
        contribution double precision not null,
        contribution_lower double precision not null,
        contribution_upper double precision not null,
        {_RUN},
        primary key (company_id, outcome_unit, calendar_date, component)
    )""",
    f"""create table predictions.budget_grid (
        company_id text not null,
        {_OUTCOME},
        horizon_days integer not null,
        total_budget numeric(24, 6) not null,
        channel_id text not null,
        recommended_spend numeric(24, 6) not null,
        expected double precision not null,
        expected_lower double precision not null,
        expected_upper double precision not null,
        total_expected double precision not null,
        total_expected_lower double precision not null,
        total_expected_upper double precision not null,
        is_observed boolean not null,
        currency_code text not null,
        {_RUN},
        primary key (company_id, outcome_unit, horizon_days, total_budget, channel_id)
    )""",
    f"""create table predictions.budget_scenarios (
        company_id text not null,
        {_OUTCOME},
        scenario text not null,
        horizon_days integer not null,
        status text not null,
        reason text,
        current_spend numeric(24, 6) not null,
        projected_spend numeric(24, 6) not null,
        current_income double precision not null,
        projected_income double precision not null,
        current_profit double precision,
        projected_profit double precision,
        gain double precision not null,
        gain_lower double precision not null,
        gain_upper double precision not null,
        probability_better double precision not null,
        currency_code text not null,
        {_RUN},
        primary key (company_id, outcome_unit, scenario)
    )""",
    f"""create table predictions.budget_scenario_channels (
        company_id text not null,
        {_OUTCOME},
        scenario text not null,
        channel_id text not null,
        current_spend numeric(24, 6) not null,
        projected_spend numeric(24, 6) not null,
        minimum_spend numeric(24, 6) not null,
        maximum_spend numeric(24, 6) not null,
        current_expected double precision not null,
        projected_expected double precision not null,
        {_RUN},
        primary key (company_id, outcome_unit, scenario, channel_id)
    )""",
    f"""create table predictions.media_mix_backtests (
        company_id text not null,
        {_OUTCOME},
        model_version text not null,
        origin_date date not null,
        horizon_days integer not null,
        data_hash text not null,
        expected double precision not null,
        actual double precision not null,
        mape double precision not null,
        bias double precision not null,
        coverage double precision not null,
        naive_mape double precision not null,
        naive_bias double precision not null,
        currency_code text not null,
        computed_at timestamptz not null,
        primary key (company_id, outcome_unit, model_version, origin_date)
    )""",
)

_GRANTS = (
    """grant select, insert, update on predictions.media_mix_fits to scientist""",
    "grant select, insert on predictions.marketing_curves_history to scientist",
    """grant select, insert, delete on predictions.new_customer_values,
        predictions.marketing_curves, predictions.marketing_curve_points,
        predictions.marketing_contributions, predictions.budget_grid,
        predictions.budget_scenarios, predictions.budget_scenario_channels,
        predictions.media_mix_backtests to scientist""",
)
