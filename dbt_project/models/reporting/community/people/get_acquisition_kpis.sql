with companies as (
    select
        company_id,
        ({{ argument('end_date') }} + 1)::timestamp at time zone time_zone
            as closed_at
    from {{ ref('companies') }}
    where
        company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }} <= {{ argument('end_date') }}
),

users as (
    select
        company_id,
        onboarded_at,
        rut_verified_at
    from {{ ref('users') }}
    where
        company_id = {{ argument('company_id') }}
        and registered_date between {{ argument('start_date') }}
        and {{ argument('end_date') }}
),

customers as (
    select
        company_id,
        count(*) as customer_count
    from {{ ref('customers') }}
    where
        company_id = {{ argument('company_id') }}
        and first_order_date between {{ argument('start_date') }}
        and {{ argument('end_date') }}
    group by company_id
),

-- What happened after the range is not known at its end.
counted as (
    select
        users.company_id,
        count(*) as user_count,
        count(*) filter (
            where users.onboarded_at < companies.closed_at
        ) as onboarded_count,
        count(*) filter (
            where users.rut_verified_at < companies.closed_at
        ) as rut_verified_count
    from users
    inner join companies
        on users.company_id = companies.company_id
    group by users.company_id
),

counts as (
    select
        companies.company_id,
        coalesce(counted.user_count, 0)::integer as new_user_count,
        coalesce(counted.onboarded_count, 0)::integer as onboarded_user_count,
        coalesce(counted.rut_verified_count, 0)::integer
            as rut_verified_user_count,
        coalesce(customers.customer_count, 0)::integer as new_customer_count
    from companies
    left join counted
        on companies.company_id = counted.company_id
    left join customers
        on companies.company_id = customers.company_id
),

rated as (
    select
        *,
        {{ kpi_rate('onboarding_rate', 'counts') }}
            as onboarding_rate,
        {{ kpi_rate('rut_validation_rate', 'counts') }}
            as rut_validation_rate
    from counts
)

select * from rated
