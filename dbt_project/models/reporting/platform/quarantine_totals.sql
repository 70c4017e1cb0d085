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

kinds as (
    select * from {{ ref('rejection_reasons') }}
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
),

-- A reason of no kind is shown as it is written.
labelled as (
    select
        counted.company_id,
        counted.source_slug,
        counted.stream_name,
        counted.reason,
        coalesce(
            regexp_replace(
                counted.reason,
                '^([a-z0-9_]+: )?' || kinds.pattern || '$',
                '\1' || kinds.template_es
            ),
            counted.reason
        ) as reason_es,
        counted.reason as reason_en,
        counted.review,
        counted.record_count,
        counted.first_seen_at,
        counted.last_seen_at,
        counted.last_reviewed_at
    from counted
    left join kinds
        on counted.reason ~ ('^([a-z0-9_]+: )?' || kinds.pattern || '$')
)

select * from labelled
