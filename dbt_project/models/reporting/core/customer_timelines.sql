with events as (
    select * from {{ ref('customer_events') }}
),

predictions as (
    select * from {{ source('predictions', 'predictions_customer') }}
    where next_order_date is not null
),

labels as (
    select * from {{ ref('event_labels') }}
),

lines as (
    select
        company_id,
        customer_id,
        event_id,
        event_at,
        event_date,
        null::date as event_date_lower,
        null::date as event_date_upper,
        event_type,
        order_id,
        amount,
        currency_code,
        score
    from events
    union all
    select
        company_id,
        customer_id,
        'order_expected/' || fit_id as event_id,
        null as event_at,
        next_order_date as event_date,
        next_order_date_lower as event_date_lower,
        next_order_date_upper as event_date_upper,
        'order_expected' as event_type,
        null as order_id,
        expected_order_value as amount,
        currency_code,
        null as score
    from predictions
),

labelled as (
    select
        lines.company_id,
        lines.customer_id,
        lines.event_id,
        lines.event_at,
        lines.event_date,
        lines.event_date_lower,
        lines.event_date_upper,
        lines.event_type,
        labels.label_es as event_label_es,
        labels.label_en as event_label_en,
        lines.order_id,
        lines.amount,
        lines.currency_code,
        lines.score
    from lines
    left join labels
        on lines.event_type = labels.event_type
)

select * from labelled
