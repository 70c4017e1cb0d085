with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

records as (
    select * from {{ ref('webinar_records') }}
    where {{ is_in_scope() }}
),

judged as (
    select
        records.company_id,
        records.webinar_id,
        records.title,
        records.series,
        records.starts_at,
        records.ends_at,
        records.poll_count,
        records.has_chat,
        records.has_questions,
        records.has_offer,
        records.has_survey,
        records.is_attendance_told,
        records.competitor_activity_score,
        records.weather_factor,
        records.news_sentiment,
        records.economic_indicators,
        records.start_date,
        records.length_minutes,
        companies.as_of_date,
        records.start_date <= companies.as_of_date as is_held,
        (
            date_trunc('month', records.start_date) + interval '1 month'
        )::date <= companies.as_of_date + 1 as is_month_over,
        records.start_date + 30 <= companies.as_of_date
            as is_conversion_over
    from records
    inner join companies
        on records.company_id = companies.company_id
)

select * from judged
