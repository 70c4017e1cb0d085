with versions as (
    select * from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }} and left_out_reason is not null
),

counted as (
    select
        company_id,
        left_out_reason,
        count(distinct subscription_id)::integer as subscription_count,
        count(distinct subscription_id)
        filter (where until_date is null)::integer
            as ongoing_subscription_count
    from versions
    group by company_id, left_out_reason
)

select * from counted
