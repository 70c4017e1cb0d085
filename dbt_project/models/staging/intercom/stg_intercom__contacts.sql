with source as (
    select * from {{ source('intercom', 'contacts') }}
),

-- Who is of several companies is of none in particular.
renamed as (
    select
        company_id,
        id as contact_id,
        case jsonb_array_length(companies::jsonb)
            when 1 then companies::jsonb -> 0 ->> 'id'
        end as intercom_company_id,
        {{ own_domain('email_domain') }} as email_domain,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
