with source as (
    select * from {{ source('files', 'points_rules') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(rule_id), '') as rule_id,
        nullif(trim(rule_kind), '') as rule_kind,

        points::numeric(24, 6) as points,
        value_amount::numeric(24, 6) as value_amount,
        starts_on::date as starts_on,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
