with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

movements as (
    select * from {{ ref('mrr_movements') }}
    where {{ is_in_scope() }}
),

summed as (
    select
        movements.company_id,
        companies.as_of_date,
        sum(movements.mrr_change)::numeric(18, 2) as current_mrr,
        coalesce(
            sum(movements.mrr_change) filter (
                where
                movements.movement_date
                <= companies.as_of_date - interval '1 month'
            ),
            0
        )::numeric(18, 2) as mrr_month_before
    from movements
    inner join companies
        on
            movements.company_id = companies.company_id
            and movements.movement_date <= companies.as_of_date
    group by movements.company_id, companies.as_of_date
)

select * from summed
