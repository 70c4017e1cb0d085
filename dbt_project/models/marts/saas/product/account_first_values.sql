with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

starts as (
    select * from {{ ref('account_starts') }}
    where {{ is_in_scope() }} and is_use_known
),

feature_days as (
    select * from {{ ref('account_feature_days') }}
    where {{ is_in_scope() }}
),

valued as (
    select
        company_id,
        feature
    from features
    where is_value_event
),

-- Who says of no feature that it is the first value has none to wait for.
flagged as (
    select distinct company_id from valued
),

value_days as (
    select
        feature_days.company_id,
        feature_days.account_id,
        feature_days.activity_date
    from feature_days
    inner join valued
        on
            feature_days.company_id = valued.company_id
            and feature_days.feature = valued.feature
),

reached as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        min(value_days.activity_date) as first_value_date
    from starts
    inner join value_days
        on
            starts.company_id = value_days.company_id
            and starts.account_id = value_days.account_id
            and starts.began_on <= value_days.activity_date
            and coalesce(starts.left_date > value_days.activity_date, true)
    group by starts.company_id, starts.account_id, starts.start_kind
),

-- What came while it was tried is there on the first day that is paid for.
told as (
    select
        starts.company_id,
        starts.account_id,
        starts.start_kind,
        starts.start_date,
        reached.first_value_date,
        case
            when reached.first_value_date is not null
                then greatest(reached.first_value_date - starts.start_date, 0)
        end as days_to_value,
        starts.left_date - starts.start_date as days_to_departure,
        starts.as_of_date - starts.start_date as age_days,
        starts.as_of_date
    from starts
    inner join flagged
        on starts.company_id = flagged.company_id
    left join reached
        on
            starts.company_id = reached.company_id
            and starts.account_id = reached.account_id
            and starts.start_kind = reached.start_kind
)

select * from told
