with outcomes as (
    select * from {{ ref('webinar_month_outcomes') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

joined as (
    select
        outcomes.company_id,
        outcomes.month_start_date,
        companies.currency_code,
        {{ webinar_figures('outcomes') }}
    from outcomes
    inner join companies
        on outcomes.company_id = companies.company_id
)

select * from joined
