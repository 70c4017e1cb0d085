with events as (
    select
        company_id,
        activity_month,
        activity_date,
        is_login,
        feature,
        coalesce(left_out_reason, 'counted') as event_use,
        -- Of what is left out nobody asks for whom.
        case when left_out_reason is null then account_id else '' end
            as account_id
    from {{ ref('product_event_accounts') }}
    where {{ is_in_scope() }} and {{ is_changed('activity_month') }}
),

counted as (
    select
        company_id,
        activity_month,
        event_use,
        account_id,
        count(*)::integer as event_count,
        min(activity_date) as first_date,
        min(activity_date) filter (where is_login) as first_login_date,
        array_agg(distinct activity_date order by activity_date)
        filter (where is_login) as login_dates,
        array_agg(distinct activity_date order by activity_date)
        filter (where feature is not null) as use_dates
    from events
    group by company_id, activity_month, event_use, account_id
)

select * from counted
