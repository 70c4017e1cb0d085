-- Two ways to the same sum: the customers' historic value and the net revenue
-- of the purchases. A row here is a company whose customers lost or won money.
with purchases as (
    select
        company_id,
        sum(net_revenue) as net_revenue
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase
    group by company_id
),

customers as (
    select
        company_id,
        sum(historic_value) as historic_value
    from {{ ref('customers') }}
    where {{ is_in_scope() }}
    group by company_id
),

compared as (
    select
        coalesce(purchases.company_id, customers.company_id) as company_id,
        purchases.net_revenue,
        customers.historic_value
    from purchases
    full outer join customers
        on purchases.company_id = customers.company_id
)

select * from compared
where net_revenue is distinct from historic_value
