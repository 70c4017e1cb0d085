{%- set measures = {
    'recency': 'last_order_date',
    'frequency': 'frequency',
    'monetary': 'monetary',
} -%}

with unchanged_customers as (
    select
        company_id,
        customer_id,
        currency_code,
        last_order_date,
        order_count as frequency,
        historic_value as monetary
    from {{ ref('customers') }}
    where
        company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }} <= {{ argument('end_date') }}
        and last_order_date <= {{ argument('end_date') }}
),

-- Who has bought again since, as they stood on that day.
earlier_customers as (
    select
        customers.company_id,
        customers.customer_id,
        customers.currency_code,
        max(orders.order_date) as last_order_date,
        count(*)::integer as frequency,
        sum(orders.net_revenue)::numeric(18, 2) as monetary
    from {{ ref('customers') }} as customers
    inner join {{ ref('orders') }} as orders
        on
            customers.company_id = orders.company_id
            and customers.customer_id = orders.customer_id
            and orders.is_purchase
            and orders.order_date <= {{ argument('end_date') }}
    where
        customers.company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }} <= {{ argument('end_date') }}
        and customers.first_order_date <= {{ argument('end_date') }}
        and customers.last_order_date > {{ argument('end_date') }}
    group by
        customers.company_id, customers.customer_id, customers.currency_code
),

customers as (
    select * from unchanged_customers
    union all
    select * from earlier_customers
),

{% for measure, value in measures.items() %}
    -- Customers up to a value plus customers below it: twice their mean rank,
    -- less one. By value first: there are fewer values than customers to sort.
    {{ measure }}_places as (
        select
            company_id,
            {{ value }},
            2 * sum(count(*)) over (
                partition by company_id
                order by {{ value }}
            ) - count(*) as place,
            2 * sum(count(*)) over (partition by company_id) as place_count
        from customers
        where company_id = {{ argument('company_id') }}
        group by company_id, {{ value }}
    ),

    -- The least value of each fifth but the first.
    {{ measure }}_fifths as (
        select
            company_id,
            array_remove(array[
                min({{ value }}) filter (where 5 * place >= place_count),
                min({{ value }}) filter (where 5 * place >= 2 * place_count),
                min({{ value }}) filter (where 5 * place >= 3 * place_count),
                min({{ value }}) filter (where 5 * place >= 4 * place_count)
            ], null) as least_values
        from {{ measure }}_places
        group by company_id
    ),
{% endfor %}

-- Materialized: else the rules are joined before all three scores are known.
scored as materialized (
    select
        customers.*,
        1 + width_bucket(
            customers.last_order_date, recency_fifths.least_values
        ) as recency_score,
        1 + width_bucket(
            customers.frequency, frequency_fifths.least_values
        ) as frequency_score,
        1 + width_bucket(
            customers.monetary, monetary_fifths.least_values
        ) as monetary_score
    from customers
    {% for measure, value in measures.items() %}
        inner join {{ measure }}_fifths
            on customers.company_id = {{ measure }}_fifths.company_id
    {% endfor %}
),

segmented as (
    select
        scored.company_id,
        scored.customer_id,
        scored.currency_code,
        scored.last_order_date,
        {{ argument('end_date') }} - scored.last_order_date as recency_days,
        scored.frequency,
        scored.monetary,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        rules.segment_id,
        labels.label_es as segment_label_es,
        labels.label_en as segment_label_en
    from scored
    inner join {{ ref('rfm_segment_rules') }} as rules
        on
            scored.recency_score = rules.recency_score
            and (scored.frequency_score + scored.monetary_score + 1) / 2
            = rules.value_score
    inner join {{ ref('rfm_segment_labels') }} as labels
        on rules.segment_id = labels.segment_id
)

select * from segmented
