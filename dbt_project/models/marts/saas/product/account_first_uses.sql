with starts as (
    select
        *,
        date_trunc('month', began_on)::date as began_month
    from {{ ref('account_starts') }}
    where {{ is_in_scope() }} and is_use_known
),

months as (
    select * from {{ ref('account_event_months') }}
    where {{ is_in_scope() }} and event_use = 'counted'
),

user_days as (
    select * from {{ ref('account_user_days') }}
    where {{ is_in_scope() }} and login_count > 0
),

feature_days as (
    select * from {{ ref('account_feature_days') }}
    where {{ is_in_scope() }}
),

use_days as (
    select
        months.company_id,
        months.account_id,
        months.activity_month,
        told.use_date
    from months
    cross join lateral unnest(months.first_use_dates) as told (use_date)
),

-- Of the month of the start all days, of later ones the first: the third day of
-- all is among the first three of its month.
found as (
    {% for days, found, on_date, is_after in [
        ('user_days', 'login', 'activity_date', '='),
        ('months', 'login', 'first_login_date', '<'),
        ('feature_days', 'use', 'activity_date', '='),
        ('use_days', 'use', 'use_date', '<'),
    ] %}
        select
            starts.company_id,
            starts.account_id,
            starts.start_kind,
            starts.start_date,
            '{{ found }}' as found,
            {{ days }}.{{ on_date }} as found_on
        from starts
        inner join {{ days }}
            on
                starts.company_id = {{ days }}.company_id
                and starts.account_id = {{ days }}.account_id
                and starts.began_month {{ is_after }} {{ days }}.activity_month
                and starts.began_on <= {{ days }}.{{ on_date }}
                and coalesce(starts.left_date > {{ days }}.{{ on_date }}, true)
        union all
    {% endfor %}
    select
        company_id,
        account_id,
        start_kind,
        start_date,
        'start' as found,
        start_date as found_on
    from starts
),

-- What came while it was tried is there on the first day that is paid for.
numbered as (
    select
        *,
        greatest(found_on - start_date, 0) as day_count,
        dense_rank() over (
            partition by company_id, account_id, start_kind, found
            order by found_on
        ) as day_number
    from found
),

-- Each start is among what was found, so that none is joined back.
told as (
    select
        company_id,
        account_id,
        start_kind,
        max(day_count) filter (where found = 'login' and day_number = 1)
            as days_to_login,
        max(day_count) filter (where found = 'use' and day_number = 1)
            as days_to_feature,
        max(day_count) filter (where found = 'use' and day_number = 3)
            as days_to_habit
    from numbered
    group by company_id, account_id, start_kind
)

select * from told
