with verdicts as (
    select * from {{ source('predictions', 'account_verdicts') }}
),

told as (
    select
        company_id,
        as_of_date,
        status,
        verdict_es,
        verdict_en,
        decided_count,
        warned_count,
        median_lead_days,
        early_ratio,
        early_ratio_lower,
        early_ratio_upper,
        returned_band_ratio,
        weekly_red_count
    from verdicts
)

select * from told
