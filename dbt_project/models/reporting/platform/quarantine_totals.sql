with records as (
    select
        company_id,
        source as source_slug,
        stream as stream_name,
        reason,
        coalesce(review, 'waiting') as review,
        quarantined_at,
        last_seen_at,
        reviewed_at
    from {{ source('ops', 'quarantined_records') }}
),

counted as (
    select
        company_id,
        source_slug,
        stream_name,
        reason,
        review,
        count(*)::integer as record_count,
        min(quarantined_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        max(reviewed_at) as last_reviewed_at
    from records
    group by company_id, source_slug, stream_name, reason, review
)

select * from counted
