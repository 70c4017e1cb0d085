with months as (
    select * from {{ ref('company_months') }}
    where {{ is_in_scope() }}
),

users as (
    select
        company_id,
        registered_date,
        date_trunc('month', registered_date)::date as month_start_date,
        onboarded_at,
        rut_verified_at
    from {{ ref('users') }}
    where {{ is_in_scope() }}
),

customers as (
    select
        company_id,
        first_order_date,
        date_trunc('month', first_order_date)::date as month_start_date
    from {{ ref('customers') }}
    where {{ is_in_scope() }}
),

registered as (
    select
        months.company_id,
        months.month_start_date,
        count(*) as user_count,
        count(*) filter (
            where users.onboarded_at < months.closed_at
        ) as onboarded_count,
        count(*) filter (
            where users.rut_verified_at < months.closed_at
        ) as rut_verified_count
    from months
    inner join users
        on
            months.company_id = users.company_id
            and months.month_start_date = users.month_start_date
            and months.through_date >= users.registered_date
    group by months.company_id, months.month_start_date
),

won as (
    select
        months.company_id,
        months.month_start_date,
        count(*) as customer_count
    from months
    inner join customers
        on
            months.company_id = customers.company_id
            and months.month_start_date = customers.month_start_date
            and months.through_date >= customers.first_order_date
    group by months.company_id, months.month_start_date
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        coalesce(registered.user_count, 0)::integer as new_user_count,
        coalesce(registered.onboarded_count, 0)::integer
            as onboarded_user_count,
        coalesce(registered.rut_verified_count, 0)::integer
            as rut_verified_user_count,
        coalesce(won.customer_count, 0)::integer as new_customer_count
    from months
    left join registered
        on
            months.company_id = registered.company_id
            and months.month_start_date = registered.month_start_date
    left join won
        on
            months.company_id = won.company_id
            and months.month_start_date = won.month_start_date
)

select * from joined
