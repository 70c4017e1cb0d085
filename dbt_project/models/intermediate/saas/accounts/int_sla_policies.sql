with told as (
    select * from {{ ref('stg_zendesk__sla_policies') }}
),

read_last as (
    select
        company_id,
        max(read_at) as read_at
    from told
    group by company_id
),

-- The whole list comes with each read: what did not come with the last is gone.
standing as (
    select
        told.company_id,
        told.policy_id,
        told.priority,
        told.metric,
        told.position,
        told.target_minutes,
        told.is_business,
        told.conditions
    from told
    inner join read_last
        on
            told.company_id = read_last.company_id
            and told.read_at = read_last.read_at
)

select * from standing
