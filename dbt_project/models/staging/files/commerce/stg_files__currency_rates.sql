with source as (
    select * from {{ source('files', 'currency_rates') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,

        upper(trim(from_currency)) as from_currency_code,
        upper(trim(to_currency)) as to_currency_code,

        rate::numeric(24, 12) as rate,

        rate_date::date as rate_date,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
