with months as (
    select
        *,
        min(month_start_date) over (partition by company_id)
            as first_month_start_date
    from {{ ref('performance_months') }}
    where {{ is_in_scope() }}
),

comparable as (
    select * from months
    where is_complete
),

figures as (
    select
        told.company_id,
        told.month_start_date,
        told.first_month_start_date,
        figures.place,
        figures.metric_name,
        figures.figure
    from comparable as told
    cross join
        lateral (
            values
            (1, 'net_sales', told.net_sales),
            (2, 'order_count', told.order_count),
            (3, 'average_order_value', told.average_order_value),
            (4, 'new_customer_revenue', told.new_customer_revenue),
            (5, 'returning_customer_revenue', told.returning_customer_revenue),
            (6, 'spend', told.spend),
            (7, 'blended_return', told.blended_return),
            (8, 'observed_roas', told.observed_roas),
            (9, 'gross_margin', told.gross_margin),
            (10, 'variable_costs', told.variable_costs),
            (11, 'contribution_after_ads', told.contribution_after_ads),
            (
                12, 'visit_conversion_rate',
                told.visit_conversion_rate::numeric
            )
        ) as figures (place, metric_name, figure)
    where figures.figure is not null
),

{{ with_figure_changes('figures') }}

select * from compared
