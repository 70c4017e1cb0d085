with campaign_days as (
    select
        *,
        concat_ws(
            '/',
            spend_date,
            source_slug,
            channel_id,
            account_id,
            campaign_id,
            original_currency_code
        ) as row_key
    from {{ ref('campaign_days') }}
    where exclusion_reason is null
),

channels as (
    select * from {{ ref('channels') }}
),

gastos as (
    select
        campaign_days.company_id,
        {{ row_uuid('campaign_days.company_id', 'campaign_days.row_key') }}
            as id,
        campaign_days.spend_date as fecha,
        coalesce(channels.label_es, campaign_days.channel_id) as canal,
        campaign_days.spend::numeric(18, 2) as inversion,
        campaign_days.impression_count as impresiones,
        campaign_days.click_count as clics,
        campaign_days.reported_revenue::numeric(18, 2)
            as ventas_atribuidas_canal
    from campaign_days
    left join channels
        on campaign_days.channel_id = channels.channel_id
)

select * from gastos
