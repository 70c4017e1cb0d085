with source as (
    select * from {{ source('files', 'survey_responses') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(response_id), '') as response_id,
        nullif(trim(question_key), '') as question_key,
        nullif(trim(survey_kind), '') as survey_kind,
        nullif(trim(touchpoint), '') as touchpoint,
        nullif(trim(respondent_id), '') as respondent_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(choice), '') as choice,

        score::numeric(24, 6) as score,
        scale_min::numeric(24, 6) as scale_min,
        scale_max::numeric(24, 6) as scale_max,

        is_test,

        asked_at::timestamptz as asked_at,
        answered_at::timestamptz as answered_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
