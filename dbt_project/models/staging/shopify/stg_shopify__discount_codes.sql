with source as (
    select * from {{ source('shopify', 'discount_codes') }}
),

renamed as (
    select
        company_id,
        id as discount_code_id,
        discount_id,

        code as discount_code,
        title,
        status,
        kind,
        currency_code,

        percentage::numeric(24, 6) as discount_rate,
        amount::numeric(24, 6) as amount,
        usage_count::integer as usage_count,
        usage_limit::integer as usage_limit,

        starts_at::timestamptz as starts_at,
        ends_at::timestamptz as ends_at,
        updated_at::timestamptz as updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
