with years as (
    select * from {{ ref('account_exit_reason_years') }}
),

told as (
    select
        company_id,
        year_start_date,
        exit_reason,
        departed_account_count,
        all_departed_count,
        exit_reason_ratio,
        exit_reason_ratio_lower,
        exit_reason_ratio_upper
    from years
)

select * from told
