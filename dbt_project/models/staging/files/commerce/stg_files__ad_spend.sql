with source as (
    select * from {{ source('files', 'ad_spend') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        account_id,
        campaign_id,

        channel,
        campaign_name,
        upper(trim(currency_code)) as currency_code,

        spend::numeric(24, 6) as spend,
        impressions::bigint as impression_count,
        clicks::bigint as click_count,
        attributed_revenue::numeric(24, 6) as attributed_revenue,

        spend_date::date as spend_date,
        coalesce(period_end::date, spend_date::date) as period_end_date,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
