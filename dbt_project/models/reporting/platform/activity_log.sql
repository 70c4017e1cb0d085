with runs as (
    select
        company_id,
        run_id,
        as_of_date,
        status,
        message,
        started_at,
        finished_at
    from {{ source('ops', 'runs') }}
),

fits as (
    select * from {{ source('predictions', 'model_fits') }}
),

landings as (
    select
        company_id,
        source_slug,
        changed_at
    from {{ source('ops', 'source_landings') }}
    where changed_at is not null
),

connections as (
    select
        company_id,
        connection_id,
        source_slug,
        state,
        checked_at,
        last_error,
        last_read_at
    from {{ source('ops', 'connections') }}
    where state = 'failing'
),

reads as (
    select
        company_id,
        read_id,
        source_slug,
        outcome,
        row_count,
        quarantined_count,
        error,
        started_at,
        finished_at
    from {{ source('ops', 'connection_reads') }}
    where started_at >= now() - interval '90 days'
),

reviews as (
    select * from {{ source('ops', 'quarantine_reviews') }}
),

templates as (
    select * from {{ ref('activity_templates') }}
),

activities as (
    select
        company_id,
        'run_' || status as activity_type,
        run_id as subject_id,
        coalesce(finished_at, started_at) as happened_at,
        to_char(as_of_date, 'YYYY-MM-DD') as date_text,
        null as count_text,
        null as source_text,
        message as reason_text
    from runs
    union all
    select
        company_id,
        'predictions_' || status as activity_type,
        fit_id as subject_id,
        fitted_at as happened_at,
        to_char(as_of_date, 'YYYY-MM-DD') as date_text,
        customer_count::text as count_text,
        null as source_text,
        reason as reason_text
    from fits
    union all
    select
        company_id,
        'source_changed' as activity_type,
        source_slug as subject_id,
        changed_at as happened_at,
        null as date_text,
        null as count_text,
        source_slug as source_text,
        null as reason_text
    from landings
    union all
    select
        company_id,
        'connection_failing' as activity_type,
        connection_id as subject_id,
        coalesce(checked_at, last_read_at) as happened_at,
        null as date_text,
        null as count_text,
        source_slug as source_text,
        last_error as reason_text
    from connections
    union all
    select
        company_id,
        'read_' || outcome as activity_type,
        read_id::text as subject_id,
        coalesce(finished_at, started_at) as happened_at,
        null as date_text,
        row_count::text as count_text,
        source_slug as source_text,
        error as reason_text
    from reads
    where
        outcome in ('failed', 'interrupted')
        or (outcome = 'succeeded' and row_count > 0)
    union all
    select
        company_id,
        'rows_quarantined' as activity_type,
        read_id::text as subject_id,
        coalesce(finished_at, started_at) as happened_at,
        null as date_text,
        quarantined_count::text as count_text,
        source_slug as source_text,
        null as reason_text
    from reads
    where quarantined_count > 0
    union all
    select
        company_id,
        'quarantine_' || review as activity_type,
        review_id::text as subject_id,
        reviewed_at as happened_at,
        null as date_text,
        record_count::text as count_text,
        source_slug as source_text,
        note as reason_text
    from reviews
),

told as (
    select
        activities.company_id,
        activities.activity_type || '/' || activities.subject_id as activity_id,
        activities.activity_type,
        activities.happened_at,
        replace(
            replace(
                replace(
                    replace(
                        templates.template_es,
                        '{date}',
                        coalesce(activities.date_text, '')
                    ),
                    '{count}',
                    coalesce(activities.count_text, '')
                ),
                '{source}',
                coalesce(activities.source_text, '')
            ),
            '{reason}',
            coalesce(activities.reason_text, '?')
        ) as sentence_es,
        replace(
            replace(
                replace(
                    replace(
                        templates.template_en,
                        '{date}',
                        coalesce(activities.date_text, '')
                    ),
                    '{count}',
                    coalesce(activities.count_text, '')
                ),
                '{source}',
                coalesce(activities.source_text, '')
            ),
            '{reason}',
            coalesce(activities.reason_text, '?')
        ) as sentence_en
    from activities
    left join templates
        on activities.activity_type = templates.activity_type
)

select * from told
