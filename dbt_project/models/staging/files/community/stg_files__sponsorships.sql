with source as (
    select * from {{ source('files', 'sponsorships') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(sponsorship_id), '') as sponsorship_id,
        nullif(trim(sponsor_name), '') as sponsor_name,
        nullif(trim(currency_code), '') as currency_code,

        amount::numeric(24, 6) as amount,
        cost::numeric(24, 6) as sponsorship_cost,

        starts_on::date as starts_on,
        ends_on::date as ends_on,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
