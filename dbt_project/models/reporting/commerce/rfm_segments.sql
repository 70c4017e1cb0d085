with companies as (
    select
        months.company_id,
        companies.currency_code,
        max(months.through_date) as as_of_date
    from {{ ref('company_months') }} as months
    inner join {{ ref('companies') }} as companies
        on months.company_id = companies.company_id
    group by months.company_id, companies.currency_code
),

labels as (
    select * from {{ ref('rfm_segment_labels') }}
),

steps as (
    select * from {{ ref('rfm_segment_steps') }}
),

counted as (
    select
        scores.company_id,
        scores.segment_id,
        count(*) as customer_count,
        count(*) filter (
            where consents.has_marketing_consent
        ) as consented_count,
        count(*) filter (
            where not consents.has_marketing_consent
        ) as refused_count,
        sum(scores.monetary) as monetary
    from {{ ref('rfm_scores') }} as scores
    left join {{ ref('customer_consents') }} as consents
        on
            scores.company_id = consents.company_id
            and scores.customer_id = consents.customer_id
    group by scores.company_id, scores.segment_id
),

-- All segments, so that one that is empty is seen to be.
filled as (
    select
        companies.company_id,
        companies.as_of_date,
        labels.segment_id,
        labels.place,
        labels.label_es as segment_label_es,
        labels.label_en as segment_label_en,
        companies.currency_code,
        coalesce(counted.customer_count, 0)::integer as customer_count,
        coalesce(counted.customer_count, 0)::double precision
        / nullif(
            sum(counted.customer_count) over (
                partition by companies.company_id
            ),
            0
        ) as customer_share,
        coalesce(counted.monetary, 0)::numeric(18, 2) as monetary,
        coalesce(counted.consented_count, 0)::integer as consented_count,
        coalesce(counted.refused_count, 0)::integer as refused_count,
        (
            coalesce(counted.customer_count, 0)
            - coalesce(counted.consented_count, 0)
            - coalesce(counted.refused_count, 0)
        )::integer as unknown_consent_count,
        steps.step_es,
        steps.step_en
    from companies
    cross join labels
    left join steps
        on labels.segment_id = steps.segment_id
    left join counted
        on
            companies.company_id = counted.company_id
            and labels.segment_id = counted.segment_id
)

select * from filled
