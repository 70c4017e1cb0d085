with companies as (
    select
        company_id,
        currency_code,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

company_days as (
    select * from {{ ref('company_days') }}
    where {{ is_in_scope() }}
),

holidays as (
    select * from {{ ref('stg_calendar__holidays') }}
    where {{ is_in_scope() }}
),

events as (
    select * from {{ ref('stg_calendar__events') }}
    where {{ is_in_scope() }}
),

weather_days as (
    select * from {{ ref('stg_weather__days') }}
    where {{ is_in_scope() }}
),

search_days as (
    select * from {{ ref('search_days') }}
    where {{ is_in_scope() }}
),

beginnings as (
    select
        company_id,
        min(calendar_date) as first_date
    from company_days
    group by company_id
),

-- A day without orders is a day on which nothing was sold.
days as (
    select
        companies.company_id,
        companies.currency_code,
        calendar.calendar_at::date as calendar_date
    from companies
    inner join beginnings
        on companies.company_id = beginnings.company_id
    cross join lateral generate_series(
        beginnings.first_date::timestamp,
        companies.as_of_date::timestamp,
        interval '1 day'
    ) as calendar (calendar_at)
),

celebrated as (
    select distinct
        company_id,
        holiday_date
    from holidays
),

announced as (
    select
        company_id,
        event_date,
        string_agg(
            distinct replace(event_id, ',', ' '), ','
            order by replace(event_id, ',', ' ')
        ) as event_ids
    from events
    group by company_id, event_date
),

felt as (
    select
        company_id,
        weather_date,
        avg(mean_temperature_c)::numeric(24, 6) as mean_temperature_c,
        avg(precipitation_mm)::numeric(24, 6) as precipitation_mm
    from weather_days
    group by company_id, weather_date
),

-- Sites may overlap, so that the one with most clicks speaks for all.
searched as (
    select
        company_id,
        search_date,
        max(non_brand_click_count)::bigint as non_brand_click_count
    from search_days
    where search_type = 'web'
    group by company_id, search_date
),

joined as (
    select
        days.company_id,
        days.calendar_date,
        days.currency_code,
        coalesce(company_days.recognised_order_count, 0)::integer
            as order_count,
        coalesce(company_days.net_revenue, 0)::numeric(18, 2) as net_revenue,
        coalesce(
            company_days.discount_amount
            / nullif(company_days.gross_revenue, 0),
            0
        )::numeric(18, 6) as discount_rate,
        celebrated.holiday_date is not null as is_holiday,
        announced.event_ids,
        felt.mean_temperature_c,
        felt.precipitation_mm,
        searched.non_brand_click_count
    from days
    left join company_days
        on
            days.company_id = company_days.company_id
            and days.calendar_date = company_days.calendar_date
    left join celebrated
        on
            days.company_id = celebrated.company_id
            and days.calendar_date = celebrated.holiday_date
    left join announced
        on
            days.company_id = announced.company_id
            and days.calendar_date = announced.event_date
    left join felt
        on
            days.company_id = felt.company_id
            and days.calendar_date = felt.weather_date
    left join searched
        on
            days.company_id = searched.company_id
            and days.calendar_date = searched.search_date
)

select * from joined
