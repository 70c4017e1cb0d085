with recursive merged as (
    select
        company_id,
        account_id as merged_account_id,
        merged_into_account_id as account_id
    from {{ ref('int_accounts_filed') }}
    where
        merged_into_account_id is not null
        and merged_into_account_id <> account_id
    union all
    -- A customer of Stripe that is an account of another name.
    select
        company_id,
        customer_id as merged_account_id,
        account_id
    from {{ ref('int_stripe_customers_matched') }}
    where account_id <> customer_id
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

-- A file and Stripe may both say it.
accounts_merged as (
    select
        company_id,
        merged_account_id,
        min(account_id) as account_id
    from survivors
    where step_count = last_step
    group by company_id, merged_account_id
)

select * from accounts_merged
