with source as (
    select * from {{ source('activecampaign', 'campaigns') }}
),

renamed as (
    select
        company_id,
        'activecampaign/' || id as campaign_id,
        name as campaign_name,

        sent::integer as sent_count,
        opens::integer as opened_count,
        clicks::integer as clicked_count,
        hard_bounces::integer + soft_bounces::integer as failed_count,
        unsubscribes::integer as unsubscribed_count,

        date::date as counted_date,

        sent_at::timestamptz as started_at,
        last_sent_at::timestamptz as last_sent_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
