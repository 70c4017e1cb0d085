with scores as (
    select * from {{ ref('rfm_scores') }}
),

consents as (
    select * from {{ ref('customer_consents') }}
),

labels as (
    select * from {{ ref('rfm_segment_labels') }}
),

dates as (
    select
        company_id,
        max(through_date) as as_of_date
    from {{ ref('company_months') }}
    group by company_id
),

labelled as (
    select
        scores.company_id,
        dates.as_of_date,
        scores.customer_id,
        scores.currency_code,
        scores.last_order_date,
        dates.as_of_date - scores.last_order_date as recency_days,
        scores.frequency,
        scores.monetary,
        scores.recency_score,
        scores.frequency_score,
        scores.monetary_score,
        scores.segment_id,
        labels.label_es as segment_label_es,
        labels.label_en as segment_label_en,
        consents.has_marketing_consent
    from scores
    inner join dates
        on scores.company_id = dates.company_id
    inner join labels
        on scores.segment_id = labels.segment_id
    left join consents
        on
            scores.company_id = consents.company_id
            and scores.customer_id = consents.customer_id
)

select * from labelled
