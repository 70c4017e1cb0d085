with source as (
    select * from {{ source('intercom', 'companies') }}
),

renamed as (
    select
        company_id,
        id as intercom_company_id,
        nullif(trim(account_id), '') as own_account_id,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
