with source as (
    select * from {{ source('files', 'web_sessions') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(site), '') as site,
        nullif(trim(session_source), '') as session_source,
        nullif(trim(session_medium), '') as session_medium,
        nullif(trim(session_campaign), '') as session_campaign,

        sessions::bigint as session_count,
        engaged_sessions::bigint as engaged_session_count,
        bounced_sessions::bigint as bounced_session_count,
        new_users::bigint as new_user_count,
        page_views::bigint as page_view_count,
        seconds_on_site::numeric(24, 6) as engaged_seconds,

        visit_date::date as visit_date,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
