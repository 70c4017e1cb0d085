with customers as (
    select
        company_id,
        customer_id,
        'shopify/' || customer_id as split_id,
        email_hash,
        coalesce(is_email_verified, false) as is_email_verified,
        created_at
    from {{ ref('stg_shopify__customers') }}
    where email_hash is not null
),

splits as (
    select
        company_id,
        customer_id
    from {{ ref('stg_ops__customer_splits') }}
    where is_in_force
),

judged as (
    select
        customers.company_id,
        customers.customer_id,
        customers.email_hash,
        customers.created_at,
        customers.is_email_verified
        and splits.customer_id is null as is_one_with_others
    from customers
    left join splits
        on
            customers.company_id = splits.company_id
            and customers.split_id = splits.customer_id
),

-- The oldest stays, whatever changes later; ids are numbers, and grow.
ranked as (
    select
        *,
        row_number() over (
            partition by company_id, email_hash
            order by
                is_one_with_others desc,
                created_at asc nulls last,
                length(customer_id) asc,
                customer_id asc
        ) as age_rank,
        first_value(customer_id) over (
            partition by company_id, email_hash
            order by
                is_one_with_others desc,
                created_at asc nulls last,
                length(customer_id) asc,
                customer_id asc
        ) as oldest_customer_id
    from judged
),

identified as (
    select
        company_id,
        customer_id,
        case
            when is_one_with_others then oldest_customer_id else customer_id
        end as person_customer_id,
        email_hash,
        age_rank = 1 as is_named_by_address,
        created_at
    from ranked
)

select * from identified
