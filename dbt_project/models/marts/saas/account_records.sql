with stripe as (
    select * from {{ ref('int_stripe_customers_matched') }}
    where {{ is_in_scope() }}
),

hubspot as (
    select * from {{ ref('int_hubspot_companies_matched') }}
    where {{ is_in_scope() }}
),

desks as (
    select * from {{ ref('int_desk_organizations_matched') }}
    where {{ is_in_scope() }}
),

unioned as (
    select
        company_id,
        'Stripe' as system_name,
        customer_id as record_id,
        account_id,
        matched_by
    from stripe
    union all
    select
        company_id,
        'HubSpot' as system_name,
        hubspot_company_id as record_id,
        account_id,
        matched_by
    from hubspot
    union all
    select
        company_id,
        system_name,
        organization_id as record_id,
        account_id,
        matched_by
    from desks
)

select * from unioned
