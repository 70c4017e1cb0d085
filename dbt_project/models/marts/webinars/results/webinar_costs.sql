with costs as (
    select * from {{ ref('int_webinar_costs_converted') }}
    where {{ is_in_scope() }}
),

webinars as (
    select
        company_id,
        webinar_id
    from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

summed as (
    select
        costs.company_id,
        costs.webinar_id,
        costs.channel_id,
        costs.currency_code,
        coalesce(sum(costs.cost_amount), 0)::numeric(18, 2) as cost_amount,
        count(*) filter (where costs.cost_amount is null)::integer
            as unpriced_cost_count
    from costs
    inner join webinars
        on
            costs.company_id = webinars.company_id
            and costs.webinar_id = webinars.webinar_id
    group by
        costs.company_id,
        costs.webinar_id,
        costs.channel_id,
        costs.currency_code
)

select * from summed
