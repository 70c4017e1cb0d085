with spends as (
    select
        *,
        period_end_date - spend_date + 1 as day_count
    from {{ ref('stg_files__ad_spend') }}
),

days as (
    select
        spends.*,
        day_numbers.day_number
    from spends
    cross join
        lateral generate_series(1, spends.day_count)
            as day_numbers (day_number)
),

-- Each day gets what the running total grows by, so that the days of a row add
-- up to it exactly.
spread as (
    select
        company_id,
        file_sha256,
        line_number,
        account_id,
        campaign_id,
        channel,
        campaign_name,
        currency_code,
        (
            round(spend::numeric * day_number / day_count, 6)
            - round(
                spend::numeric * (day_number - 1) / day_count, 6
            )
        )::numeric(24, 6) as spend,
        (
            round(impression_count::numeric * day_number / day_count)
            - round(
                impression_count::numeric * (day_number - 1) / day_count
            )
        )::bigint as impression_count,
        (
            round(click_count::numeric * day_number / day_count)
            - round(
                click_count::numeric * (day_number - 1) / day_count
            )
        )::bigint as click_count,
        (
            round(attributed_revenue::numeric * day_number / day_count, 6)
            - round(
                attributed_revenue::numeric * (day_number - 1) / day_count, 6
            )
        )::numeric(24, 6) as attributed_revenue,
        spend_date + day_number - 1 as spend_date,
        loaded_at
    from days
)

select * from spread
