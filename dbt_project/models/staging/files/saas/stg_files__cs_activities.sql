with source as (
    select * from {{ source('files', 'cs_activities') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(activity_id), '') as activity_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(activity_kind), '') as activity_kind,
        nullif(trim(cs_manager), '') as cs_manager,
        nullif(trim(sequence_step), '') as sequence_step,
        nullif(trim(outcome), '') as outcome,

        occurred_at::timestamptz as occurred_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
