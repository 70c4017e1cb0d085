with there as (
    select * from {{ ref('int_contacts_there') }}
),

-- Who was merged is told by the one that is left, and is nobody else any more.
merged as (
    select
        there.company_id,
        losers.contact_id,
        min(there.contact_id) as merged_into,
        min(there.registered_at) as registered_at,
        max(there.loaded_at) as loaded_at
    from there
    cross join
        lateral unnest(string_to_array(there.merged_ids, ';'))
            as losers (contact_id)
    where losers.contact_id not in ('', there.contact_id)
    group by there.company_id, losers.contact_id
),

unioned as (
    select
        there.company_id,
        there.contact_id,
        there.email_hash,
        there.phone_hash,
        null as whatsapp_id,
        there.client_id,
        there.utm_source,
        there.medium,
        there.campaign,
        null as merged_into,
        there.has_email_consent,
        null::boolean as has_whatsapp_consent,
        there.registered_at,
        there.loaded_at
    from there
    left join merged
        on
            there.company_id = merged.company_id
            and there.contact_id = merged.contact_id
    where merged.contact_id is null
    union all
    select
        company_id,
        contact_id,
        null as email_hash,
        null as phone_hash,
        null as whatsapp_id,
        null as client_id,
        null as utm_source,
        null as medium,
        null as campaign,
        merged_into,
        null as has_email_consent,
        null as has_whatsapp_consent,
        registered_at,
        loaded_at
    from merged
)

select * from unioned
