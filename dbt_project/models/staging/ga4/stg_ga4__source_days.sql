with source as (
    select * from {{ source('ga4', 'source_days') }}
),

renamed as (
    select
        company_id,
        property_id,
        session_source,
        session_medium,
        session_campaign,
        time_zone,

        sessions::bigint as session_count,
        engaged_sessions::bigint as engaged_session_count,
        users::bigint as user_count,
        new_users::bigint as new_user_count,
        key_events::numeric(24, 6) as key_event_count,
        page_views::bigint as page_view_count,
        engaged_seconds::numeric(24, 6) as engaged_seconds,

        coalesce(is_thresholded, false) as is_thresholded,
        coalesce(samplings::jsonb, '[]') <> '[]'::jsonb as is_sampled,
        coalesce(has_other_row, false)
        or coalesce(session_source, '') = '(other)' as has_other_row,

        date::date as visit_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
