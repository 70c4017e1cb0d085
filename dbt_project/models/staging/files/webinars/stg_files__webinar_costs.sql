with source as (
    select * from {{ source('files', 'webinar_costs') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(currency_code), '') as currency_code,
        nullif(trim(channel), '') as channel_name,

        cost::numeric(24, 6) as cost_amount,

        cost_date::date as cost_date,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
