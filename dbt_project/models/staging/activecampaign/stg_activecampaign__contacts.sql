with source as (
    select * from {{ source('activecampaign', 'contacts') }}
),

renamed as (
    select
        company_id,
        -- Numbers of another system than those of the community's files.
        'activecampaign/' || id as contact_id,
        {{ hashed_email('email') }} as email_hash,
        {{ hashed_phone('phone') }} as phone_hash,

        created_at::timestamptz as registered_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
