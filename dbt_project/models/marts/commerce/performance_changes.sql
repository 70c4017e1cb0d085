with months as (
    select
        *,
        min(month_start_date) over (partition by company_id)
            as first_month_start_date
    from {{ ref('performance_months') }}
    where {{ is_in_scope() }}
),

-- The first month may have begun in the middle: nothing is compared with it.
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
            (10, 'contribution_after_ads', told.contribution_after_ads)
        ) as figures (place, metric_name, figure)
    where figures.figure is not null
),

compared as (
    select
        figures.company_id,
        figures.month_start_date,
        figures.metric_name,
        figures.place,
        figures.figure::numeric(24, 6) as figure,
        -- Of a loss, or of nothing, there is no share.
        (figures.figure / nullif(greatest(month_before.figure, 0), 0) - 1)
        ::double precision as month_change,
        (figures.figure / nullif(greatest(year_before.figure, 0), 0) - 1)
        ::double precision as year_change
    from figures
    left join figures as month_before
        on
            figures.company_id = month_before.company_id
            and figures.metric_name = month_before.metric_name
            and figures.month_start_date
            = month_before.month_start_date + interval '1 month'
            and month_before.month_start_date
            > month_before.first_month_start_date
    left join figures as year_before
        on
            figures.company_id = year_before.company_id
            and figures.metric_name = year_before.metric_name
            and figures.month_start_date
            = year_before.month_start_date + interval '1 year'
            and year_before.month_start_date
            > year_before.first_month_start_date
)

select * from compared
