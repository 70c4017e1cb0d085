{%- set step_days = 30 -%}
with months as (
    select * from {{ ref('community_months') }}
    where {{ is_in_scope() }} and is_complete
),

companies as (
    select
        company_id,
        currency_code,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

visitors as (
    select * from {{ ref('funnel_months') }}
    where {{ is_in_scope() }}
),

cohorts as (
    select
        *,
        cohort_month_start_date as month_start_date
    from {{ ref('referral_cohorts') }}
    where {{ is_in_scope() }} and is_complete
),

stays as (
    select
        *,
        cohort_month_start_date as month_start_date
    from {{ ref('retention_cohorts') }}
    where {{ is_in_scope() }} and is_complete and family = 'window'
),

campaigns as (
    select
        *,
        date_trunc('month', first_date)::date as month_start_date
    from {{ ref('message_campaign_results') }}
    where
        {{ is_in_scope() }}
        and first_date is not null
        and delivered_count is not null
),

plays as (
    select * from {{ ref('content_months') }}
    where {{ is_in_scope() }}
),

-- A visitor has so many days to register, and as many to attend.
followed as (
    select visitors.*
    from visitors
    inner join companies
        on
            visitors.company_id = companies.company_id
            and (visitors.month_start_date + interval '1 month')::date - 1
            + 2 * {{ step_days }} <= companies.as_of_date
),

-- Of another currency nothing is added.
sponsored as (
    select sponsors.*
    from {{ ref('sponsorship_months') }} as sponsors
    inner join companies
        on
            sponsors.company_id = companies.company_id
            and sponsors.currency_code = companies.currency_code
    where {{ is_in_scope('sponsors.company_id') }}
),

told as (
    {{ flagship_parts() }}
),

of_whole_months as (
    select
        told.company_id,
        told.month_start_date,
        told.metric_name,
        told.place,
        told.part,
        told.whole,
        told.is_sum
    from told
    inner join months
        on
            told.company_id = months.company_id
            and told.month_start_date = months.month_start_date
)

select * from of_whole_months
