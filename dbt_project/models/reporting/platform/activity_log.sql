{% set facts = (
    'date', 'count', 'source', 'reason', 'reason_es', 'before', 'left'
) %}

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
    where not is_replayed
),

{{ with_vip_changes() }},

curves as (
    select
        company_id,
        fit_id,
        status,
        as_of_date,
        fitted_at,
        reason_es,
        reason
    from {{ source('predictions', 'media_mix_fits') }}
    where outcome_unit = 'revenue' and status in ('published', 'blocked')
),

channels as (
    select * from {{ ref('channels') }}
),

{{ with_channel_names('reasons', 'curves') }},

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

answers as (
    select * from {{ source('ops', 'insight_answers') }}
),

shown as (
    select * from {{ source('ops', 'shown_insights') }}
),

refusals as (
    select
        company_id,
        id as request_id,
        reason_code,
        reason_facts ->> 'value' as named,
        finished_at
    from {{ source('ops', 'action_requests') }}
    where kind = 'answer' and state = 'refused'
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
        jsonb_build_object('date', as_of_date, 'reason', message) as facts
    from runs
    union all
    select
        company_id,
        'predictions_' || status as activity_type,
        fit_id as subject_id,
        fitted_at as happened_at,
        jsonb_build_object(
            'date', as_of_date,
            'count', customer_count,
            'reason', reason,
            'reason_es', coalesce(reason_es, reason)
        ) as facts
    from fits
    union all
    select
        company_id,
        case
            when compared_date is null then 'vips_counted'
            else 'vips_changed'
        end as activity_type,
        fit_id as subject_id,
        fitted_at as happened_at,
        jsonb_build_object(
            'date', as_of_date,
            'before', compared_date,
            'count', new_count,
            'left', left_count
        ) as facts
    from vip_changes
    union all
    select
        curves.company_id,
        'curves_' || curves.status as activity_type,
        curves.fit_id as subject_id,
        curves.fitted_at as happened_at,
        jsonb_build_object(
            'date', curves.as_of_date,
            'reason', reasons.told_en,
            'reason_es', reasons.told_es
        ) as facts
    from curves
    left join reasons
        on
            curves.company_id = reasons.company_id
            and curves.fit_id = reasons.fit_id
    union all
    select
        company_id,
        'source_changed' as activity_type,
        source_slug as subject_id,
        changed_at as happened_at,
        jsonb_build_object('source', source_slug) as facts
    from landings
    union all
    select
        company_id,
        'connection_failing' as activity_type,
        connection_id as subject_id,
        coalesce(checked_at, last_read_at) as happened_at,
        jsonb_build_object('source', source_slug, 'reason', last_error) as facts
    from connections
    union all
    select
        company_id,
        'read_' || outcome as activity_type,
        read_id::text as subject_id,
        coalesce(finished_at, started_at) as happened_at,
        jsonb_build_object(
            'source', source_slug, 'count', row_count, 'reason', error
        ) as facts
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
        jsonb_build_object(
            'source', source_slug, 'count', quarantined_count
        ) as facts
    from reads
    where quarantined_count > 0
    union all
    select
        company_id,
        'quarantine_' || review as activity_type,
        review_id::text as subject_id,
        reviewed_at as happened_at,
        jsonb_build_object(
            'source', source_slug, 'count', record_count, 'reason', note
        ) as facts
    from reviews
    union all
    select
        answers.company_id,
        'answer_' || answers.answer as activity_type,
        answers.trace_id as subject_id,
        answers.answered_at as happened_at,
        jsonb_build_object(
            'date', shown.as_of_date,
            'reason', shown.sentence_en,
            'reason_es', shown.sentence_es
        ) as facts
    from answers
    inner join shown
        on
            answers.company_id = shown.company_id
            and answers.trace_id = shown.trace_id
    union all
    select
        company_id,
        'answer_refused_' || reason_code as activity_type,
        request_id::text as subject_id,
        finished_at as happened_at,
        jsonb_build_object('reason', named) as facts
    from refusals
),

-- Counts as each language writes them.
written as (
    select
        *,
        facts || jsonb_strip_nulls(
            jsonb_build_object(
                'count', {{ written_number("facts ->> 'count'") }},
                'left', {{ written_number("facts ->> 'left'") }}
            )
        ) as facts_en,
        facts || jsonb_strip_nulls(
            jsonb_build_object(
                'count',
                translate({{ written_number("facts ->> 'count'") }}, ',', '.'),
                'left',
                translate({{ written_number("facts ->> 'left'") }}, ',', '.')
            )
        ) as facts_es
    from activities
),

told as (
    select
        written.company_id,
        written.activity_type || '/' || written.subject_id as activity_id,
        written.activity_type,
        written.happened_at,
        written.facts ->> 'source' as source_slug,
        {{ filled_in('templates.template_es', 'written.facts_es', facts) }}
            as sentence_es,
        {{ filled_in('templates.template_en', 'written.facts_en', facts) }}
            as sentence_en
    from written
    left join templates
        on written.activity_type = templates.activity_type
)

select * from told
