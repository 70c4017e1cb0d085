with
{{ newest_rows('told', ref('stg_files__accounts'), ['account_id']) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

accounts as (
    select
        told.company_id,
        told.account_id,
        told.account_name,
        told.segment,
        told.cs_manager,
        (told.signed_up_at at time zone companies.time_zone)::date
            as signed_up_date
    from told
    inner join companies
        on told.company_id = companies.company_id
    where
        told.merged_into_account_id is null
        or told.merged_into_account_id = told.account_id
)

select * from accounts
