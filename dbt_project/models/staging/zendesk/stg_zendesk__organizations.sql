with source as (
    select * from {{ source('zendesk', 'organizations') }}
),

renamed as (
    select
        company_id,
        id as organization_id,
        nullif(trim(account_id), '') as own_account_id,
        {{ own_domain("domains::jsonb ->> 0") }} as email_domain,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
