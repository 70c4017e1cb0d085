with source as (
    select * from {{ source('hubspot', 'contacts') }}
),

renamed as (
    select
        company_id,
        id as contact_id,
        {{ hashed_email('email') }} as email_hash,
        {{ hashed_phone('phone') }} as phone_hash,
        nullif(client_id, '') as client_id,
        coalesce(
            nullif(utm_source, ''), lower(nullif(first_source, ''))
        ) as utm_source,
        nullif(utm_medium, '') as medium,
        nullif(utm_campaign, '') as campaign,
        merged_ids,

        case when has_opted_out then false end as has_email_consent,

        created_at::timestamptz as registered_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
