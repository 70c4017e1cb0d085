with source as (
    select * from {{ source('files', 'message_campaigns') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(campaign_id), '') as campaign_id,
        nullif(trim(campaign_name), '') as campaign_name,
        nullif(trim(channel), '') as channel,
        nullif(trim(sequence_name), '') as sequence_name,
        nullif(trim(currency_code), '') as currency_code,

        cost::numeric(24, 6) as campaign_cost,

        started_at::timestamptz as started_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
