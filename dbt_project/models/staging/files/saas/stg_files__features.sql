with source as (
    select * from {{ source('files', 'features') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(feature), '') as feature,
        nullif(trim(feature_name), '') as feature_name,
        nullif(trim(feature_tier), '') as feature_tier,
        nullif(trim(event_name), '') as event_name,
        nullif(trim(plans), '') as plans, -- noqa: RF04

        is_value_event,

        released_at::timestamptz as released_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
