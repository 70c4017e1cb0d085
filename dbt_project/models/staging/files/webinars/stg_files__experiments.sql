with source as (
    select * from {{ source('files', 'experiments') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(experiment), '') as experiment,
        nullif(trim(variant), '') as variant,
        nullif(trim(experiment_kind), '') as experiment_kind,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(outcome_kind), '') as outcome_kind,

        shown_count::bigint as shown_count,
        outcome_count::bigint as outcome_count,
        outcome_mean::double precision as outcome_mean,
        outcome_deviation::double precision as outcome_deviation,
        planned_count::bigint as planned_count,

        is_control,

        started_on::date as started_on,
        ended_on::date as ended_on,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
