with grades as (
    select * from {{ source('predictions', 'webinar_lead_grades') }}
),

named as (
    select
        company_id,
        is_scored,
        told_es,
        told_en,
        signals_es,
        signals_en,
        people_count as known_people_count,
        conversion_count as known_conversion_count,
        graded_count as graded_people_count,
        base_ratio,
        area_under_curve as score_area_under_curve,
        calibration_error as score_calibration_error,
        brier_score,
        brier_of_base,
        as_of_date,
        model_version
    from grades
)

select * from named
