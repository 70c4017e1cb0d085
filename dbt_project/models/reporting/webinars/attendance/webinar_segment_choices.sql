with counts as (
    select * from {{ source('predictions', 'webinar_segment_counts') }}
),

named as (
    select
        company_id,
        segment_count,
        as_of_date,
        silhouette as segment_silhouette,
        least_jaccard as segment_jaccard,
        adjusted_rand as segment_rand,
        smallest_ratio as segment_smallest_ratio,
        is_stable,
        is_taken,
        people_count as audience_people_count,
        kept_count as segment_kept_count,
        known_before_count
    from counts
)

select * from named
