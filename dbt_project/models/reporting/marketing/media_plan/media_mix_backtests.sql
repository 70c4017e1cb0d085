with backtests as (
    select * from {{ source('predictions', 'media_mix_backtests') }}
),

last_computed as (
    select
        company_id,
        model_version,
        max(computed_at) as computed_at
    from {{ source('predictions', 'media_mix_backtests') }}
    group by company_id, model_version
),

versions as (
    select
        company_id,
        model_version,
        row_number() over (
            partition by company_id
            order by computed_at desc, model_version desc
        ) as recency_rank
    from last_computed
),

-- 48,200 is said as 48k: nobody predicts the last digits.
shortened as (
    select
        backtests.*,
        {{ in_thousands('backtests.expected') }} as expected_words,
        {{ in_thousands('backtests.actual') }} as actual_words,
        round(abs(backtests.bias) * 100)::integer as error_percent
    from backtests
),

told as (
    select
        shortened.company_id,
        shortened.outcome_unit,
        shortened.origin_date,
        shortened.horizon_days,
        shortened.expected,
        shortened.expected_lower,
        shortened.expected_upper,
        shortened.actual,
        shortened.actual between shortened.expected_lower
        and shortened.expected_upper as is_inside,
        shortened.bias,
        shortened.mape,
        shortened.coverage,
        shortened.naive_mape,
        shortened.naive_bias,
        shortened.mape <= shortened.naive_mape as is_better_than_naive,
        'Se predijeron ' || shortened.expected_words || ', se vendieron '
        || shortened.actual_words || ', error ' || shortened.error_percent
        || ' %' as sentence_es,
        'Predicted ' || shortened.expected_words || ', sold '
        || shortened.actual_words || ', error ' || shortened.error_percent
        || ' %' as sentence_en,
        shortened.currency_code,
        shortened.model_version,
        shortened.computed_at
    from shortened
    inner join versions
        on
            shortened.company_id = versions.company_id
            and shortened.model_version = versions.model_version
            and versions.recency_rank = 1
)

select * from told
