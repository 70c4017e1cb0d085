with bands as (
    select * from {{ source('predictions', 'webinar_lead_bands') }}
),

named as (
    select
        company_id,
        band,
        people_count as graded_people_count,
        conversion_count as graded_conversion_count,
        said_ratio,
        realised_ratio,
        realised_lower_ratio,
        realised_upper_ratio,
        as_of_date
    from bands
)

select * from named
