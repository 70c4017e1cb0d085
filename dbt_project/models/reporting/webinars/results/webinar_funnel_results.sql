with funnels as (
    select * from {{ ref('webinar_funnels') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date
    from {{ ref('webinars') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

named as (
    select
        funnels.company_id,
        funnels.webinar_id,
        webinars.title,
        webinars.start_date,
        companies.currency_code,
        {{ webinar_funnel_figures('funnels') }}
    from funnels
    inner join companies
        on funnels.company_id = companies.company_id
    left join webinars
        on
            funnels.company_id = webinars.company_id
            and funnels.webinar_id = webinars.webinar_id
)

select * from named
