with contacts as (
    select
        company_id,
        'hubspot' as told_by,
        contact_id,
        email_hash,
        phone_hash,
        client_id,
        utm_source,
        medium,
        campaign,
        merged_ids,
        has_email_consent,
        registered_at,
        read_at,
        loaded_at
    from {{ ref('stg_hubspot__contacts') }}
    union all
    select
        company_id,
        'activecampaign' as told_by,
        contact_id,
        email_hash,
        phone_hash,
        null as client_id,
        null as utm_source,
        null as medium,
        null as campaign,
        null as merged_ids,
        null as has_email_consent,
        registered_at,
        read_at,
        loaded_at
    from {{ ref('stg_activecampaign__contacts') }}
),

listed as (
    select
        company_id,
        contact_id,
        listed_date
    from {{ ref('stg_hubspot__contact_ids') }}
    union all
    select
        company_id,
        contact_id,
        listed_date
    from {{ ref('stg_activecampaign__contact_ids') }}
),

slices as (
    select
        company_id,
        'hubspot' as told_by,
        slice_date,
        read_at
    from {{ ref('stg_hubspot__slices') }}
    where stream_name = 'contact_ids'
    union all
    select
        company_id,
        'activecampaign' as told_by,
        slice_date,
        read_at
    from {{ ref('stg_activecampaign__slices') }}
    where stream_name = 'contact_ids'
),

-- The list of all contacts, as it was read last and to its end.
lists as (
    select
        company_id,
        told_by,
        max(slice_date) as listed_date,
        max(read_at) as listed_at
    from slices
    group by company_id, told_by
),

-- Who is missing on it was archived, merged or erased, unless told of since.
there as (
    select contacts.*
    from contacts
    left join lists
        on
            contacts.company_id = lists.company_id
            and contacts.told_by = lists.told_by
    left join listed
        on
            contacts.company_id = listed.company_id
            and contacts.contact_id = listed.contact_id
    where
        lists.listed_at is null
        or listed.listed_date >= lists.listed_date
        or contacts.read_at > lists.listed_at
)

select * from there
