{%- set columns = [
    'net_sales', 'order_count', 'net_revenue', 'purchase_count',
    'new_customer_revenue', 'spend', 'variable_costs', 'session_count',
    'visit_order_count',
] -%}
with told as (
    {%- for relation, day, figures in [
        (
            ref('sales_days'), 'calendar_date',
            {'net_sales': 'net_sales', 'order_count': 'order_count'},
        ),
        (
            ref('company_days'), 'calendar_date',
            {
                'net_revenue': 'purchase_net_revenue',
                'purchase_count': 'purchase_count',
            },
        ),
        (
            ref('customers'), 'first_order_date',
            {'new_customer_revenue': 'first_order_revenue'},
        ),
        (ref('channel_days'), 'calendar_date', {'spend': 'spend'}),
        (
            ref('cost_days'), 'calendar_date',
            {'variable_costs': 'variable_costs'},
        ),
        (
            ref('visit_days'), 'visit_date',
            {
                'session_count': 'session_count',
                'visit_order_count': 'order_count',
            },
        ),
    ] %}
        {{ 'union all' if not loop.first }}
        select
            company_id,
            {%- for column in columns %}
                {{ figures.get(column, 'null') }}::numeric as {{ column }},
            {%- endfor %}
            {{ day }} as calendar_date
        from {{ relation }}
        where {{ is_in_scope() }}
    {%- endfor %}
),

summed as (
    select
        company_id,
        {%- for column in columns %}
            sum({{ column }})::numeric(24, 6) as {{ column }},
        {%- endfor %}
        calendar_date
    from told
    group by company_id, calendar_date
)

select * from summed
