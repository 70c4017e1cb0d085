with told as (
    select * from {{ source('ops', 'report_preparations') }}
),

baselines as (
    select
        company_id,
        review,
        avg(minutes) as baseline_minutes
    from told
    where is_baseline
    group by company_id, review
),

compared as (
    select
        told.company_id,
        told.review as review_name,
        told.prepared_on as prepared_date,
        told.minutes as preparation_minutes,
        baselines.baseline_minutes,
        1 - told.minutes / baselines.baseline_minutes as saved_ratio
    from told
    left join baselines
        on
            told.company_id = baselines.company_id
            and told.review = baselines.review
    where not told.is_baseline
)

select * from compared
