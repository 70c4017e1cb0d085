with source as (
    select * from {{ source('files', 'accounts') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(account_name), '') as account_name,
        nullif(trim(country_code), '') as country_code,
        lower(nullif(trim(email_domain), '')) as email_domain,
        nullif(trim(segment), '') as segment,
        nullif(trim(channel), '') as channel,
        nullif(trim(cs_manager), '') as cs_manager,
        nullif(trim(merged_into_account_id), '') as merged_into_account_id,

        signed_up_at::timestamptz as signed_up_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
