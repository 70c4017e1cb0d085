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

{% set kinds = [('login', 'login_dates', 1), ('use', 'use_dates', 3)] %}
{% for found, dates, most in kinds %}
    {{ found }}_months as (
        select
            starts.*,
            months.activity_month,
            months.{{ dates }} as found_dates,
            row_number() over (
                partition by
                    starts.company_id, starts.account_id, starts.start_kind
                order by months.activity_month
            ) as month_number
        from starts
        inner join months
            on
                starts.company_id = months.company_id
                and starts.account_id = months.account_id
                and starts.began_month <= months.activity_month
        where months.{{ dates }} is not null
    ),
{% endfor %}

-- Of the month of the start all days, of later ones the first: the third day of
-- all is among the first three of its month, and of the first three months.
found as (
    {% for found, dates, most in kinds %}
        select
            held.company_id,
            held.account_id,
            held.start_kind,
            held.start_date,
            '{{ found }}' as found,
            told.found_on
        from {{ found }}_months as held
        cross join
            lateral unnest(
                case
                    when held.began_month = held.activity_month
                        then held.found_dates
                    else held.found_dates[1:{{ most }}]
                end
            ) as told (found_on)
        where
            held.month_number <= {{ most }} + 1
            and held.began_on <= told.found_on
            and coalesce(held.left_date > told.found_on, true)
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
