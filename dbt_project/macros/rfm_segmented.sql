{#-
    The RFM scores and segments of the rows of the CTE `customers` (company_id,
    customer_id, currency_code, last_order_date, frequency, monetary), as the CTE
    `segmented`. Their one definition: of a mart for the last build, and of a
    function for any day. With a condition on one company, rows need no sorting by
    company.
-#}
{% macro rfm_segmented(condition='true') %}
{%- set measures = {
    'recency': 'last_order_date',
    'frequency': 'frequency',
    'monetary': 'monetary',
} -%}

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
        where {{ condition }}
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
        scored.*,
        rules.segment_id
    from scored
    inner join {{ ref('rfm_segment_rules') }} as rules
        on
            scored.recency_score = rules.recency_score
            and (scored.frequency_score + scored.monetary_score + 1) / 2
            = rules.value_score
)
{%- endmacro %}
