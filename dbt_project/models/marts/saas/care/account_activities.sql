with
{{ newest_rows(
    'activities', ref('stg_files__cs_activities'), ['activity_id']
) }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

dated as (
    select
        activities.company_id,
        activities.activity_id,
        coalesce(merged.account_id, activities.account_id) as account_id,
        (activities.occurred_at at time zone companies.time_zone)::date
            as activity_date,
        activities.activity_kind,
        activities.cs_manager,
        activities.sequence_step,
        activities.outcome
    from activities
    inner join companies
        on
            activities.company_id = companies.company_id
            and (activities.occurred_at at time zone companies.time_zone)::date
            <= companies.as_of_date
    left join merged
        on
            activities.company_id = merged.company_id
            and activities.account_id = merged.merged_account_id
)

select * from dated
