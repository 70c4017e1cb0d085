with periods as (
    select
        *,
        {{ mrr_movement(
            'mrr_before', 'mrr_amount', 'fx_amount', '(first_date < from_date)'
        ) }} as movement
    from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }}
),

-- Of several subscriptions that stop on a day, one that was not paid decides.
stops as (
    select
        company_id,
        account_id,
        stop_date,
        case
            when bool_or(end_kind = 'involuntary') then 'involuntary'
            when bool_or(end_kind = 'voluntary') then 'voluntary'
        end as end_kind
    from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }}
    group by company_id, account_id, stop_date
),

-- Where the subscription says nothing, its account may have said why it left.
departures as (
    select
        company_id,
        account_id,
        effective_on,
        case
            when exit_cause = 'payment' then 'involuntary'
            when exit_cause is not null then 'voluntary'
        end as end_kind
    from {{ ref('account_departures') }}
    where {{ is_in_scope() }}
),

moved as (
    select
        company_id,
        account_id,
        from_date as movement_date,
        movement,
        mrr_amount - mrr_before - fx_amount as mrr_change
    from periods
    where movement is not null
    union all
    select
        company_id,
        account_id,
        from_date as movement_date,
        'fx' as movement,
        fx_amount as mrr_change
    from periods
    where fx_amount <> 0
),

explained as (
    select
        moved.company_id,
        moved.account_id,
        moved.movement_date,
        moved.movement,
        moved.mrr_change::numeric(18, 2) as mrr_change,
        case
            when moved.movement = 'churn'
                then coalesce(stops.end_kind, departures.end_kind, 'unknown')
        end as end_kind
    from moved
    left join stops
        on
            moved.company_id = stops.company_id
            and moved.account_id = stops.account_id
            and moved.movement_date = stops.stop_date
    left join departures
        on
            moved.company_id = departures.company_id
            and moved.account_id = departures.account_id
            and moved.movement_date = departures.effective_on
)

select * from explained
