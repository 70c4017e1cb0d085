with months as (
    select * from {{ ref('seat_use_months') }}
),

-- 28 days hold 20 working days.
rated as (
    select
        company_id,
        month_start_date,
        account_count,
        seat_count,
        active_seat_count_28d,
        active_user_count_28d,
        (working_seat_day_count / 20 / seat_count)::double precision
            as seat_dau_ratio,
        (active_seat_count_28d / seat_count)::double precision
            as seat_mau_ratio,
        working_user_day_count / 20.0::double precision
        / nullif(active_user_count_28d, 0) as stickiness_ratio
    from months
)

select * from rated
