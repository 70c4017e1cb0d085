{% set names = [
    'new_days', 'least_logins', 'least_adoption', 'most_idle_days',
    'most_tickets', 'power_days', 'power_features'
] %}
with paying as (
    select distinct company_id
    from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }}
),

-- What holds from the last month on that is told.
own as (
    select * from {{ ref('saas_kpi_targets') }}
    where {{ is_in_scope() }} and until_month is null
),

told as (
    select
        paying.company_id,
        rules.limit_name,
        coalesce(own.target_value, rules.default_value) as limit_value,
        own.target_value is not null as is_own
    from paying
    cross join {{ ref('segment_limits_default') }} as rules
    left join own
        on
            paying.company_id = own.company_id
            and own.metric_name = 'segment_' || rules.limit_name
),

limits as (
    select
        company_id,
        {% for limit_name in names %}
            max(limit_value) filter (where limit_name = '{{ limit_name }}')
                as {{ limit_name }},
        {% endfor %}
        count(*) filter (where is_own)::integer as own_count,
        count(*)::integer as limit_count
    from told
    group by company_id
)

select * from limits
