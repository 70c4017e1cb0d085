-- What the campaigns of an account spent on a day is what the platform told of
-- the whole account in the same read, to a hundredth per campaign.
with campaign_days as (
    select
        company_id,
        source_slug,
        account_id,
        spend_date,
        sum(original_spend) as spend
    from {{ ref('campaign_days') }}
    where source_slug <> 'files' and {{ is_in_scope() }}
    group by company_id, source_slug, account_id, spend_date
),

slices as (
    select
        company_id,
        'meta_ads' as source_slug,
        account_id,
        slice_date,
        row_count,
        control_total
    from {{ ref('stg_meta_ads__slices') }}
    where stream_name = 'campaign_days' and {{ is_in_scope() }}
    union all
    select
        company_id,
        'google_ads' as source_slug,
        account_id,
        slice_date,
        row_count,
        control_total
    from {{ ref('stg_google_ads__slices') }}
    where stream_name = 'campaign_days' and {{ is_in_scope() }}
),

compared as (
    select
        slices.company_id,
        slices.source_slug,
        slices.account_id,
        slices.slice_date,
        slices.row_count,
        slices.control_total,
        coalesce(campaign_days.spend, 0) as spend
    from slices
    left join campaign_days
        on
            slices.company_id = campaign_days.company_id
            and slices.source_slug = campaign_days.source_slug
            and slices.account_id = campaign_days.account_id
            and slices.slice_date = campaign_days.spend_date
    where slices.control_total is not null
)

select * from compared
where abs(spend - control_total) > 0.01 * greatest(row_count, 1)
