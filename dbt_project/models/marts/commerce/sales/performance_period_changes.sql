with periods as (
    select * from {{ ref('performance_periods') }}
    where {{ is_in_scope() }}
),

figures as (
    select
        told.company_id,
        told.period_kind,
        told.period_start_date,
        told.period_end_date,
        {{ year_before_date('told') }} as year_before_date,
        figures.place,
        figures.metric_name,
        figures.figure,
        -- One that begins later than what it tells is whole.
        told.period_start_date > figures.since_date as is_whole
    from periods as told
    cross join
        lateral (
            values
            (1, 'net_sales', told.net_sales, told.sales_since_date),
            (2, 'order_count', told.order_count, told.sales_since_date),
            (
                3, 'average_order_value',
                told.average_order_value, told.sales_since_date
            ),
            (
                4, 'new_customer_revenue',
                told.new_customer_revenue, told.sales_since_date
            ),
            (
                5, 'returning_customer_revenue',
                told.returning_customer_revenue, told.sales_since_date
            ),
            (6, 'spend', told.spend, told.spend_since_date),
            (7, 'blended_return', told.blended_return, told.spend_since_date),
            (8, 'observed_roas', told.observed_roas, told.spend_since_date),
            (9, 'gross_margin', told.gross_margin, told.sales_since_date),
            (10, 'variable_costs', told.variable_costs, told.sales_since_date),
            (
                11, 'contribution_after_ads',
                told.contribution_after_ads, told.spend_since_date
            ),
            (
                12, 'visit_conversion_rate',
                told.visit_conversion_rate::numeric, told.visits_since_date
            )
        ) as figures (place, metric_name, figure, since_date)
),

compared as (
    select
        figures.company_id,
        figures.period_kind,
        figures.period_start_date,
        figures.period_end_date,
        figures.place,
        figures.metric_name,
        figures.figure::numeric(24, 6) as figure,
        {%- for name, change in [
            ('earlier', 'period_change'), ('year_before', 'year_change')
        ] %}
            (figures.figure / nullif(greatest({{ name }}.figure, 0), 0) - 1)
            ::double precision as {{ change }},
        {%- endfor %}
        case
            when year_before.company_id is null then 'not_complete'
            when coalesce(year_before.figure, 0) <= 0 then 'nothing'
        end as year_gap
    from
        figures
    {%- for name, last_day, day in [
        ('earlier', 'period_end_date + 1', 'period_start_date'),
        ('year_before', 'period_start_date', 'year_before_date'),
    ] %}
        left join figures as {{ name }}
            on
                figures.company_id = {{ name }}.company_id
                and figures.period_kind = {{ name }}.period_kind
                and figures.metric_name = {{ name }}.metric_name
                and figures.{{ day }} = {{ name }}.{{ last_day }}
                and {{ name }}.is_whole
    {%- endfor %}
    where figures.figure is not null
)

select * from compared
