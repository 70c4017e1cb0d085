with source as (
    select * from {{ source('files', 'webinar_campaigns') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(campaign), '') as campaign,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
