with identities as (
    select
        company_id,
        customer_id,
        person_customer_id,
        since
    from {{ ref('customer_identities') }}
)

select * from identities
