with merged as (
    select
        company_id,
        merged_account_id,
        account_id
    from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
)

select * from merged
