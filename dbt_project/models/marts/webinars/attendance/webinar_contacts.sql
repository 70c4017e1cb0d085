with contacts as (
    select * from {{ ref('int_contacts_identified') }}
    where {{ is_in_scope() }} and email_hash is not null
),

addressed as (
    select
        company_id,
        email_hash as person_id,
        min(person_id) as contact_person_id
    from contacts
    group by company_id, email_hash
)

select * from addressed
