with source as (
    select * from {{ source('files', 'webinars') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(title), '') as title,
        nullif(trim(series), '') as series,

        length_minutes::numeric(24, 6) as length_minutes,
        poll_count::bigint as poll_count,
        competitor_activity_score::double precision
            as competitor_activity_score,
        weather_factor::double precision as weather_factor,
        news_sentiment::double precision as news_sentiment,
        economic_indicators::double precision as economic_indicators,

        has_chat,
        has_questions,
        has_offer,
        has_survey,
        coalesce(
            {{ plain_words('status') }} ~ (
                '^(cancel|anulad|suspendid|pospuest|aplazad|postpon|abgesagt'
                || '|verschoben|storniert|annul|adiad|rinviat|posticipat)'
            ),
            false
        ) as is_cancelled,

        starts_at::timestamptz as starts_at,
        ends_at::timestamptz as ends_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
