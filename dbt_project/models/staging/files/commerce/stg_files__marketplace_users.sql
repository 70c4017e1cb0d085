with source as (
    select * from {{ source('files', 'marketplace_users') }}
),

normalised as (
    select
        *,
        nullif(upper(regexp_replace(rut, '[\s.-]', '', 'g')), '')
            as normalised_rut
    from source
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(user_id), '') as user_id,
        nullif(trim(person_id), '') as person_id,
        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        nullif(trim(region), '') as region_name,
        nullif(trim(comuna), '') as comuna_name,
        nullif(trim(channel), '') as channel_name,
        normalised_rut is not null as has_rut,
        {{ is_wellformed_rut('normalised_rut') }} as is_rut_wellformed,
        has_marketing_consent,
        registered_at::timestamptz as registered_at,
        onboarded_at::timestamptz as onboarded_at,
        rut_verified_at::timestamptz as rut_verified_at,
        _sdc_batched_at::timestamptz as loaded_at
    from normalised
)

select * from renamed
