with companies as (
    select
        company_id,
        currency_code,
        cart_idle_hours * interval '1 hour' as idle_time
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

months as (
    select
        months.company_id,
        months.month_start_date,
        months.through_date,
        companies.currency_code,
        least(months.closed_at, now()) as judged_at,
        least(months.closed_at, now()) - companies.idle_time as idle_since
    from {{ ref('company_months') }} as months
    inner join companies
        on months.company_id = companies.company_id
    where {{ is_in_scope('months.company_id') }}
),

carts as (
    select
        company_id,
        created_date,
        date_trunc('month', created_date)::date as month_start_date,
        last_activity_at,
        converted_at
    from {{ ref('carts') }}
    where {{ is_in_scope() }}
),

purchases as (
    select
        company_id,
        order_date,
        date_trunc('month', order_date)::date as month_start_date,
        net_revenue
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase
),

judged as (
    select
        months.company_id,
        months.month_start_date,
        coalesce(carts.converted_at < months.judged_at, false) as is_converted,
        carts.last_activity_at <= months.idle_since as is_idle
    from months
    inner join carts
        on
            months.company_id = carts.company_id
            and months.month_start_date = carts.month_start_date
            and months.through_date >= carts.created_date
),

filled as (
    select
        company_id,
        month_start_date,
        count(*) filter (where is_converted or is_idle) as cart_count,
        count(*) filter (where not is_converted and is_idle) as abandoned_count
    from judged
    group by company_id, month_start_date
),

bought as (
    select
        months.company_id,
        months.month_start_date,
        count(*) as purchase_count,
        sum(purchases.net_revenue) as net_revenue
    from months
    inner join purchases
        on
            months.company_id = purchases.company_id
            and months.month_start_date = purchases.month_start_date
            and months.through_date >= purchases.order_date
    group by months.company_id, months.month_start_date
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        months.currency_code,
        coalesce(filled.cart_count, 0)::integer as cart_count,
        coalesce(filled.abandoned_count, 0)::integer as abandoned_cart_count,
        coalesce(bought.purchase_count, 0)::integer as purchase_count,
        coalesce(bought.net_revenue, 0)::numeric(18, 2) as net_revenue
    from months
    left join filled
        on
            months.company_id = filled.company_id
            and months.month_start_date = filled.month_start_date
    left join bought
        on
            months.company_id = bought.company_id
            and months.month_start_date = bought.month_start_date
)

select * from joined
