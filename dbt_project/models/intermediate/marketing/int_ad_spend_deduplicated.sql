with spends as (
    select * from {{ ref('int_ad_spend_spread') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

aliases as (
    select
        alias,
        paid_channel_id as channel_id
    from {{ ref('channel_aliases') }}
    where kind = 'source'
),

named as (
    select
        spends.company_id,
        coalesce(aliases.channel_id, 'other') as channel_id,
        spends.account_id,
        -- Platforms without a channel of their own share one: each numbers its
        -- campaigns as the others do.
        case
            when aliases.channel_id is null
                then coalesce(
                    {{ channel_alias('spends.channel') }}, spends.channel
                ) || '/'
            else ''
        end
        || coalesce(
            spends.campaign_id,
            'name/' || spends.campaign_name,
            'channel/' || spends.channel
        ) as campaign_id,
        spends.campaign_name,
        spends.spend_date,
        spends.currency_code,
        spends.spend,
        spends.impression_count,
        spends.click_count,
        spends.attributed_revenue,
        files.file_name,
        files.exported_at,
        spends.loaded_at
    from spends
    inner join files
        on
            spends.company_id = files.company_id
            and spends.file_sha256 = files.file_sha256
    left join aliases
        on {{ channel_alias('spends.channel') }} = aliases.alias
),

ranked as (
    select
        *,
        -- All the rows of the file exported last: a day may have one per ad.
        dense_rank() over (
            partition by
                company_id, channel_id, account_id, campaign_id, spend_date
            order by exported_at desc, file_name desc
        ) as recency_rank
    from named
),

summed as (
    select
        company_id,
        channel_id,
        account_id,
        campaign_id,
        spend_date,
        currency_code,
        max(campaign_name) as campaign_name,
        max(file_name) as file_name,
        sum(spend)::numeric(24, 6) as spend,
        sum(impression_count)::bigint as impression_count,
        sum(click_count)::bigint as click_count,
        sum(attributed_revenue)::numeric(24, 6) as attributed_revenue,
        max(loaded_at) as loaded_at
    from ranked
    where recency_rank = 1
    group by
        company_id,
        channel_id,
        account_id,
        campaign_id,
        spend_date,
        currency_code
)

select * from summed
