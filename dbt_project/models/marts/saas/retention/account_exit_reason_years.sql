with departures as (
    select
        *,
        coalesce(exit_cause, exit_reason, 'unknown') as exit_word
    from {{ ref('account_departures') }}
    where {{ is_in_scope() }} and lost_ratio >= 1
),

counted as (
    select
        company_id,
        date_trunc('year', effective_on)::date as year_start_date,
        exit_word as exit_reason,
        count(*)::integer as departed_account_count
    from departures
    group by company_id, date_trunc('year', effective_on), exit_word
),

totals as (
    select
        *,
        sum(departed_account_count) over (
            partition by company_id, year_start_date
        )::integer as all_departed_count
    from counted
),

rated as (
    select
        company_id,
        year_start_date,
        exit_reason,
        departed_account_count,
        all_departed_count,
        departed_account_count::double precision
        / all_departed_count as exit_reason_ratio,
        {{ wilson_bound('departed_account_count', 'all_departed_count', -1) }}
            as exit_reason_ratio_lower,
        {{ wilson_bound('departed_account_count', 'all_departed_count', 1) }}
            as exit_reason_ratio_upper
    from totals
)

select * from rated
