with source as (
    select * from {{ source('files', 'program_costs') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(cost_kind), '') as cost_kind,
        nullif(trim(currency_code), '') as currency_code,

        program_cost::numeric(24, 6) as cost_amount,

        cost_month::date as cost_month,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
