with source as (
    select * from {{ source('hubspot', 'companies') }}
),

renamed as (
    select
        company_id,
        id as hubspot_company_id,
        nullif(trim(name), '') as account_name,
        {{ own_domain('domain') }} as email_domain,
        nullif(trim(account_id), '') as own_account_id,
        nullif(country, '') as country,
        nullif(industry, '') as industry,
        owner_id,

        employee_count::numeric::integer as employee_count,

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
