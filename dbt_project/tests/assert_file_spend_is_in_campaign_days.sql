{{ config(meta={'tells': true}) }}

-- What a file says was spent is in the warehouse and in the campaign days. A
-- campaign's day that one file tells is as much as the file says; of one of
-- several files it is all that the newest says, and of the others no more than
-- they say. A row here is spend that was lost, doubled or changed on the way.
with files as (
    select * from {{ ref('int_files_current') }}
    where {{ is_in_scope() }} and contract = 'ad_spend'
),

lines as (
    select * from {{ ref('stg_files__ad_spend') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        company_id,
        file_sha256,
        count(*) as row_count,
        sum(spend) as spend
    from lines
    group by company_id, file_sha256
),

lost as (
    select
        files.company_id,
        format(
            '%s of %s: its rows come to %s, and those in the warehouse to %s:'
            ' %s missing. %s of %s rows are there.',
            files.file_name,
            files.company_id,
            to_char(files.loaded_total, 'FM999999999999990.00'),
            to_char(coalesce(counted.spend, 0), 'FM999999999999990.00'),
            to_char(
                files.loaded_total - coalesce(counted.spend, 0),
                'FM999999999999990.00'
            ),
            coalesce(counted.row_count, 0),
            files.loaded_row_count
        ) as message
    from files
    left join counted
        on
            files.company_id = counted.company_id
            and files.file_sha256 = counted.file_sha256
    where
        abs(files.loaded_total - coalesce(counted.spend, 0)) >= 0.005
        or files.loaded_row_count <> coalesce(counted.row_count, 0)
),

spread as (
    select
        *,
        coalesce(
            campaign_id, 'name/' || campaign_name, 'channel/' || channel
        ) as campaign
    from {{ ref('int_ad_spend_spread') }}
    where {{ is_in_scope() }}
),

file_days as (
    select
        spread.company_id,
        spread.spend_date,
        spread.campaign,
        files.file_name,
        row_number() over (
            partition by
                spread.company_id, spread.spend_date, spread.campaign
            order by max(files.exported_at) desc, files.file_name desc
        ) as recency_rank,
        (array_agg(spread.line_number order by spread.line_number))[1:3]
            as line_numbers,
        sum(spread.spend) as spend,
        sum(least(spread.spend, 0)) as taken_off,
        sum(greatest(spread.spend, 0)) as added
    from spread
    inner join files
        on
            spread.company_id = files.company_id
            and spread.file_sha256 = files.file_sha256
    group by
        spread.company_id,
        spread.spend_date,
        spread.campaign,
        files.file_name
),

told as (
    select
        company_id,
        spend_date,
        campaign,
        min(file_name) filter (where recency_rank = 1) as file_name,
        min(line_numbers) filter (where recency_rank = 1) as line_numbers,
        sum(case when recency_rank = 1 then spend else taken_off end)
            as lowest,
        sum(case when recency_rank = 1 then spend else added end) as highest
    from file_days
    group by company_id, spend_date, campaign
),

kept as (
    select
        company_id,
        spend_date,
        campaign_id as campaign,
        sum(original_spend) as spend
    from {{ ref('campaign_days') }}
    where {{ is_in_scope() }} and source_slug = 'files'
    group by company_id, spend_date, campaign_id
),

compared as (
    select
        coalesce(told.company_id, kept.company_id) as company_id,
        coalesce(told.spend_date, kept.spend_date) as spend_date,
        told.file_name,
        told.line_numbers,
        coalesce(told.lowest, 0) as lowest,
        coalesce(told.highest, 0) as highest,
        coalesce(kept.spend, 0) as spend
    from told
    full outer join kept
        on
            told.company_id = kept.company_id
            and told.spend_date = kept.spend_date
            and told.campaign = kept.campaign
),

differing as (
    select
        company_id,
        format(
            '%s of %s: of a campaign on %s its rows (line %s) come to %s, and'
            ' its campaign days to %s: %s missing.',
            coalesce(file_name, 'no file'),
            company_id,
            spend_date,
            array_to_string(line_numbers, ', '),
            to_char(
                case when spend < lowest then lowest else highest end,
                'FM999999999999990.00'
            ),
            to_char(spend, 'FM999999999999990.00'),
            to_char(
                case when spend < lowest then lowest else highest end - spend,
                'FM999999999999990.00'
            )
        ) as message
    from compared
    where spend < lowest - 0.005 or spend > highest + 0.005
),

unioned as (
    select * from lost
    union all
    select * from differing
)

select * from unioned
