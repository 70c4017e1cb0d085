with source as (
    select * from {{ source('files', 'kpi_targets') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(metric_name), '') as metric_name,

        target_value::numeric(24, 6) as target_value,
        baseline_value::numeric(24, 6) as baseline_value,

        target_month::date as target_month,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
