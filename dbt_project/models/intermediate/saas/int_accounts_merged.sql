with recursive
{{ newest_rows('accounts', ref('stg_files__accounts'), ['account_id']) }},

merged as (
    select
        company_id,
        account_id as merged_account_id,
        merged_into_account_id as account_id
    from accounts
    where
        merged_into_account_id is not null
        and merged_into_account_id <> account_id
),

-- Who was merged may be merged again. A ring ends by its length.
followed as (
    select
        merged.*,
        1 as step_count
    from merged
    union all
    select
        followed.company_id,
        followed.merged_account_id,
        merged.account_id,
        followed.step_count + 1 as step_count
    from followed
    inner join merged
        on
            followed.company_id = merged.company_id
            and followed.account_id = merged.merged_account_id
    where followed.step_count < 12
),

survivors as (
    select
        *,
        max(step_count) over (
            partition by company_id, merged_account_id
        ) as last_step
    from followed
),

accounts_merged as (
    select
        company_id,
        merged_account_id,
        account_id
    from survivors
    where step_count = last_step
)

select * from accounts_merged
