with months as (
    select
        *,
        min(month_start_date) over (partition by company_id)
            as first_month_start_date
    from {{ ref('performance_months') }}
    where {{ is_in_scope() }}
),

-- The first month may have begun in the middle: nothing is compared with it.
figures as (
    select
        months.company_id,
        months.month_start_date,
        months.currency_code,
        told.place,
        told.finding,
        told.figure,
        told.first_figure,
        told.second_figure
    from months
    cross join
        lateral (
            values
            (
                1, 'sales', months.net_sales, months.order_count::numeric,
                months.net_sales / nullif(months.order_count, 0)
            ),
            (
                2, 'customers',
                months.new_customer_revenue
                + months.returning_customer_revenue,
                months.new_customer_revenue,
                months.returning_customer_revenue
            ),
            (
                3, 'contribution', months.contribution_after_ads,
                months.gross_margin - coalesce(months.variable_costs, 0),
                coalesce(months.spend, 0)
            )
        ) as told (place, finding, figure, first_figure, second_figure)
    where
        months.is_complete
        and months.month_start_date > months.first_month_start_date
        and told.figure + told.first_figure + told.second_figure is not null
),

beside as (
    select
        figures.*,
        earlier.figure as earlier_figure,
        earlier.first_figure as earlier_first_figure,
        earlier.second_figure as earlier_second_figure,
        year_before.figure as year_figure,
        -- What orders and their value did together is halved between them.
        (figures.first_figure - earlier.first_figure)
        * case
            when figures.finding = 'sales'
                then (figures.second_figure + earlier.second_figure) / 2
            else 1
        end as first_effect
    from figures
    inner join figures as earlier
        on
            figures.company_id = earlier.company_id
            and figures.finding = earlier.finding
            and figures.month_start_date
            = earlier.month_start_date + interval '1 month'
    left join figures as year_before
        on
            figures.company_id = year_before.company_id
            and figures.finding = year_before.finding
            and figures.month_start_date
            = year_before.month_start_date + interval '1 year'
),

told as (
    select
        company_id,
        month_start_date,
        place,
        finding,
        currency_code,
        figure::numeric(18, 2) as figure,
        earlier_figure::numeric(18, 2) as earlier_figure,
        year_figure::numeric(18, 2) as year_figure,
        first_figure::numeric(18, 2) as first_figure,
        earlier_first_figure::numeric(18, 2) as earlier_first_figure,
        first_effect::numeric(18, 2) as first_effect,
        second_figure::numeric(18, 2) as second_figure,
        earlier_second_figure::numeric(18, 2) as earlier_second_figure,
        (figure - earlier_figure - first_effect::numeric(18, 2))
        ::numeric(18, 2) as second_effect
    from beside
)

select * from told
