with interactions as (
    select
        *,
        -- Without an id or a moment, rows are told apart by their line.
        coalesce(
            interaction_id,
            occurred_at::text,
            poll_id,
            slide_id,
            'line/' || line_number
        ) as told_as
    from {{ ref('stg_files__webinar_interactions') }}
),

{{ newest_rows(
    'newest', 'interactions',
    ['webinar_id', 'kind', 'told_as', 'poll_id', 'registrant_id', 'email_hash']
) }},

told as (
    select
        company_id,
        webinar_id,
        kind,
        registrant_id,
        email_hash,
        null::text as device_id,
        poll_id,
        slide_id,
        rating,
        viewed_seconds,
        occurred_at
    from newest
    -- Of everything else Zoom tells nothing.
    where
        (
            kind not in ('chat', 'question', 'poll')
            or {{ not_of_zoom('newest') }}
        )
        and {{ not_of_team('newest') }}
    union all
    select
        company_id,
        webinar_id,
        kind,
        registrant_id,
        email_hash,
        device_id,
        poll_id,
        null::text as slide_id,
        null::numeric(24, 6) as rating,
        null::numeric(24, 6) as viewed_seconds,
        occurred_at
    from {{ ref('int_zoom_interactions') }}
    union all
    select
        company_id,
        webinar_id,
        kind,
        registrant_id,
        email_hash,
        null::text as device_id,
        null::text as poll_id,
        null::text as slide_id,
        rating,
        null::numeric(24, 6) as viewed_seconds,
        occurred_at
    from {{ ref('int_webinar_answers') }}
)

select * from told
