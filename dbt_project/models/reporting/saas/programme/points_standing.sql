with standing as (
    select * from {{ source('predictions', 'points_standing') }}
),

told as (
    select
        company_id,
        earned_points,
        redeemed_points,
        expired_points,
        outstanding_points,
        owed_points,
        redemption_ratio,
        1 - redemption_ratio as breakage_ratio,
        is_redemption_assumed,
        point_value,
        point_value_lower,
        point_value_upper,
        provision_amount,
        as_of_date
    from standing
)

select * from told
