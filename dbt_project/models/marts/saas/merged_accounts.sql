with merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
)

select * from merged
