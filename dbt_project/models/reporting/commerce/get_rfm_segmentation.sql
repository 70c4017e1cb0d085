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

{{ rfm_segmented('company_id = ' ~ argument('company_id')) }},

labelled as (
    select
        segmented.company_id,
        segmented.customer_id,
        segmented.currency_code,
        segmented.last_order_date,
        {{ argument('end_date') }} - segmented.last_order_date
            as recency_days,
        segmented.frequency,
        segmented.monetary,
        segmented.recency_score,
        segmented.frequency_score,
        segmented.monetary_score,
        segmented.segment_id,
        labels.label_es as segment_label_es,
        labels.label_en as segment_label_en
    from segmented
    inner join {{ ref('rfm_segment_labels') }} as labels
        on segmented.segment_id = labels.segment_id
)

select * from labelled
