with visits as (
    select * from {{ ref('stg_shopify__order_visits') }}
),

aliases as (
    select * from {{ ref('channel_aliases') }}
),

parsed as (
    select
        company_id,
        order_id,
        visit_role,
        occurred_at,
        loaded_at,
        nullif(trim(utm_campaign), '') as campaign_name,
        {{ channel_alias('utm_source') }} as utm_source,
        {{ channel_alias('utm_medium') }} as utm_medium,
        {{ channel_alias('source') }} as shopify_source,
        substring(
            landing_page from '[?&](gclid|gbraid|wbraid|ttclid|msclkid)='
        ) as click_id,
        {{ referring_site('landing_page') }} as landing_site,
        {{ referring_site('referrer_url') }} as referring_site
    from visits
),

-- The link's own parameters, else the identifier that the platform added to it,
-- else the page before, else what Shopify makes of it.
matched as (
    select
        parsed.*,
        parsed.utm_source is not null
        or parsed.utm_medium is not null as has_utm,
        parsed.referring_site <> parsed.landing_site
        or (parsed.referring_site is not null and parsed.landing_site is null)
            as has_referrer,
        sources.channel_id as source_channel_id,
        sources.paid_channel_id,
        mediums.channel_id as medium_channel_id,
        coalesce(mediums.is_paid, false) as is_paid,
        clicks.channel_id as click_channel_id,
        sites.channel_id as site_channel_id,
        shopify_sources.channel_id as shopify_channel_id
    from parsed
    left join aliases as sources
        on sources.kind = 'source' and parsed.utm_source = sources.alias
    left join aliases as mediums
        on mediums.kind = 'medium' and parsed.utm_medium = mediums.alias
    left join aliases as clicks
        on clicks.kind = 'click_id' and parsed.click_id = clicks.alias
    left join aliases as sites
        on
            sites.kind = 'source'
            and split_part(parsed.referring_site, '.', 1) = sites.alias
    left join aliases as shopify_sources
        on
            shopify_sources.kind = 'source'
            and parsed.shopify_source = shopify_sources.alias
),

classified as (
    select
        company_id,
        order_id,
        visit_role,
        case
            when has_utm and is_paid then coalesce(paid_channel_id, 'other')
            when has_utm
                then coalesce(source_channel_id, medium_channel_id, 'other')
            when click_id is not null then click_channel_id
            when has_referrer then coalesce(site_channel_id, 'referral')
            when shopify_source is null then 'direct'
            else coalesce(shopify_channel_id, 'referral')
        end as channel_id,
        campaign_name,
        occurred_at,
        loaded_at
    from matched
)

select * from classified
