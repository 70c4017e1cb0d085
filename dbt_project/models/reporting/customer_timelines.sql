with events as (
    select * from {{ ref('customer_events') }}
),

labels as (
    select * from {{ ref('event_labels') }}
),

labelled as (
    select
        events.company_id,
        events.customer_id,
        events.event_id,
        events.event_at,
        events.event_date,
        events.event_type,
        labels.label_es as event_label_es,
        labels.label_en as event_label_en,
        events.order_id,
        events.amount,
        events.currency_code,
        events.score
    from events
    left join labels
        on events.event_type = labels.event_type
)

select * from labelled
