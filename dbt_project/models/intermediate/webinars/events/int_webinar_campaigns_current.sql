with campaigns as (
    select
        *,
        {{ channel_alias('campaign') }} as campaign_alias
    from {{ ref('stg_files__webinar_campaigns') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

webinars as (
    select
        company_id,
        webinar_id
    from {{ ref('int_webinars_current') }}
),

ranked as (
    select
        campaigns.company_id,
        campaigns.webinar_id,
        campaigns.campaign_alias,
        -- All rows of the file exported last: a campaign taken back is none.
        dense_rank() over (
            partition by campaigns.company_id, campaigns.webinar_id
            order by files.exported_at desc, files.file_name desc
        ) as recency_rank
    from campaigns
    inner join files
        on
            campaigns.company_id = files.company_id
            and campaigns.file_sha256 = files.file_sha256
    where campaigns.campaign_alias is not null
),

declared as (
    select
        ranked.company_id,
        ranked.webinar_id,
        ranked.campaign_alias
    from ranked
    inner join webinars
        on
            ranked.company_id = webinars.company_id
            and ranked.webinar_id = webinars.webinar_id
    where ranked.recency_rank = 1
),

-- A campaign that is called like a webinar is its own, unless somebody says
-- otherwise.
told as (
    select * from declared
    union all
    select
        webinars.company_id,
        webinars.webinar_id,
        {{ channel_alias('webinars.webinar_id') }} as campaign_alias
    from webinars
    where
        not exists (
            select 1 from declared
            where
                declared.company_id = webinars.company_id
                and declared.campaign_alias
                = {{ channel_alias('webinars.webinar_id') }}
        )
),

-- What two webinars share is spread over neither.
counted as (
    select
        company_id,
        campaign_alias,
        case when count(distinct webinar_id) = 1 then min(webinar_id) end
            as webinar_id,
        count(distinct webinar_id)::integer as webinar_count
    from told
    where campaign_alias is not null
    group by company_id, campaign_alias
)

select * from counted
