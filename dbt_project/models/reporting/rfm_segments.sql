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

counted as (
    select
        company_id,
        segment_id,
        count(*) as customer_count,
        sum(monetary) as monetary
    from {{ ref('rfm_scores') }}
    group by company_id, segment_id
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
        coalesce(counted.monetary, 0)::numeric(18, 2) as monetary
    from companies
    cross join labels
    left join counted
        on
            companies.company_id = counted.company_id
            and labels.segment_id = counted.segment_id
)

select * from filled
