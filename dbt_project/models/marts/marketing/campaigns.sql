with campaign_days as (
    select * from {{ ref('campaign_days') }}
    where {{ is_in_scope() }}
),

meta_campaigns as (
    select
        company_id,
        account_id,
        campaign_id,
        campaign_name,
        effective_status as status,
        objective
    from {{ ref('stg_meta_ads__campaigns') }}
    where {{ is_in_scope() }}
),

google_campaigns as (
    select
        company_id,
        account_id,
        campaign_id,
        campaign_name,
        status,
        channel_type as objective
    from {{ ref('stg_google_ads__campaigns') }}
    where {{ is_in_scope() }}
),

described as (
    select
        company_id,
        'meta_ads' as source_slug,
        account_id,
        campaign_id,
        campaign_name,
        status,
        objective
    from meta_campaigns
    union all
    select
        company_id,
        'google_ads' as source_slug,
        account_id,
        campaign_id,
        campaign_name,
        status,
        objective
    from google_campaigns
),

spent as (
    select
        company_id,
        source_slug,
        channel_id,
        account_id,
        campaign_id,
        -- The name it had last: campaigns are renamed.
        (
            array_agg(campaign_name order by spend_date desc)
            filter (where campaign_name is not null)
        )[1] as campaign_name,
        min(spend_date) as first_spend_date,
        max(spend_date) as last_spend_date
    from campaign_days
    group by company_id, source_slug, channel_id, account_id, campaign_id
),

named as (
    select
        spent.company_id,
        spent.source_slug,
        spent.channel_id,
        spent.account_id,
        spent.campaign_id,
        coalesce(described.campaign_name, spent.campaign_name)
            as campaign_name,
        described.status,
        described.objective,
        spent.first_spend_date,
        spent.last_spend_date
    from spent
    left join described
        on
            spent.company_id = described.company_id
            and spent.source_slug = described.source_slug
            and spent.account_id = described.account_id
            and spent.campaign_id = described.campaign_id
)

select * from named
