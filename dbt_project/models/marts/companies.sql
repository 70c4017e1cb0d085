with companies as (
    select
        company_id,
        name,
        currency_code,
        time_zone,
        created_at
    from {{ ref('stg_ops__companies') }}
    where {{ is_in_scope() }}
)

select * from companies
