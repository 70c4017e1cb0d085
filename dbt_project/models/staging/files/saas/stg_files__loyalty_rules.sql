with source as (
    select * from {{ source('files', 'loyalty_rules') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(tier), '') as tier,

        least_months::numeric(24, 6) as least_months,
        least_adoption::numeric(24, 6) as least_adoption,
        least_engagement::numeric(24, 6) as least_engagement,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
