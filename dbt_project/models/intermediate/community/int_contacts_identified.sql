with
{{ newest_rows(
    'contacts', ref('stg_files__contacts'), ['contact_id'],
    also=[ref('int_contacts_told')], columns=contact_columns()
) }},

-- Who was merged into somebody goes where that one went, two merges far.
merged as (
    select
        contacts.*,
        coalesce(
            second_targets.merged_into,
            targets.merged_into,
            contacts.merged_into,
            contacts.contact_id
        ) as root_id
    from contacts
    left join contacts as targets
        on
            contacts.company_id = targets.company_id
            and contacts.merged_into = targets.contact_id
    left join contacts as second_targets
        on
            targets.company_id = second_targets.company_id
            and targets.merged_into = second_targets.contact_id
),

-- Families share a telephone: it tells a person only where one address stands
-- beside it, or none.
addresses as (
    select
        company_id,
        phone_hash,
        count(distinct email_hash) as email_count
    from merged
    where phone_hash is not null
    group by company_id, phone_hash
),

keyed as (
    select
        merged.*,
        coalesce(merged.email_hash, 'contact/' || merged.contact_id)
            as email_key,
        case
            when addresses.email_count <= 1 then merged.phone_hash
            else 'contact/' || merged.contact_id
        end as phone_key
    from merged
    left join addresses
        on
            merged.company_id = addresses.company_id
            and merged.phone_hash = addresses.phone_hash
),

-- The smallest id of all that one key joins; twice, so that who is tied by an
-- address to one and by a merge to another ends with both.
{%- set steps = ['root_id', 'email_key', 'phone_key'] * 2 %}
{%- for key in steps %}

    step_{{ loop.index }} as (
        select
            *,
            min({{ 'root_id' if loop.first else 'label_' ~ loop.index0 }})
                over (
                    partition by
                        company_id,
                        coalesce({{ key }}, 'contact/' || contact_id)
                ) as label_{{ loop.index }}
        from {{ 'keyed' if loop.first else 'step_' ~ loop.index0 }}
    ),
{%- endfor %}

identified as (
    select
        company_id,
        contact_id,
        'contacts/' || label_6 as person_id,
        case
            when merged_into is not null then 'merge'
            when contact_id = label_6 then 'own'
            when label_2 = label_6 and email_hash is not null then 'email'
            else 'phone'
        end as matched_by,
        client_id,
        whatsapp_id,
        email_hash,
        phone_hash,
        registered_at,
        utm_source,
        medium,
        campaign,
        has_email_consent,
        has_whatsapp_consent,
        loaded_at
    from step_6
)

select * from identified
