with outcomes as (
    select * from {{ ref('webinar_outcomes') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        series,
        start_date,
        length_minutes
    from {{ ref('webinars') }}
),

joined as (
    select
        outcomes.company_id,
        outcomes.webinar_id,
        webinars.title,
        webinars.series,
        webinars.start_date,
        webinars.length_minutes,
        companies.currency_code,
        {{ webinar_figures('outcomes') }}
    from outcomes
    inner join companies
        on outcomes.company_id = companies.company_id
    inner join webinars
        on
            outcomes.company_id = webinars.company_id
            and outcomes.webinar_id = webinars.webinar_id
)

select * from joined
