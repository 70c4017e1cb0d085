{{ config(meta={'tells': true}) }}

-- No two files, or a file and a shop, tell the same sales: the orders of a shop
-- and the payments of its gateway, read together, are twice the revenue. Looked
-- at are the last days of each company, where both tell something. Either the
-- same customers paid the same amounts on the same days, or, where both call
-- customers by other names, the same amounts came on the same days: many
-- different ones, in two lists of about the same length.
{%- set last_days = 90 -%}
{%- set least_by_customer = 10 -%}
{%- set least_share_by_customer = 0.8 -%}
{%- set least_by_amount = 20 -%}
{%- set least_share_by_amount = 0.9 -%}
{%- set least_share_of_longer = 0.5 -%}
{%- set least_distinct = 0.25 %}

with last_dates as (
    select
        company_id,
        max(order_date) - {{ last_days }} as after_date
    from {{ ref('orders') }}
    where {{ is_in_scope() }}
    group by company_id
),

recent as (
    select
        orders.company_id,
        orders.customer_id,
        orders.order_date,
        coalesce(orders.file_name, orders.source_slug) as teller,
        round(orders.gross_revenue - orders.discount_amount, 2) as charged
    from last_dates
    inner join {{ ref('orders') }} as orders
        on
            last_dates.company_id = orders.company_id
            and last_dates.after_date < orders.order_date
    where
        {{ is_in_scope('orders.company_id') }}
        and orders.is_recognised
        and orders.gross_revenue > orders.discount_amount
),

tellers as (
    select
        company_id,
        teller,
        min(order_date) as first_date,
        max(order_date) as last_date
    from recent
    group by company_id, teller
),

pairs as (
    select
        one.company_id,
        one.teller,
        other.teller as other_teller,
        greatest(one.first_date, other.first_date) as first_date,
        least(one.last_date, other.last_date) as last_date
    from tellers as one
    inner join tellers as other
        on
            one.company_id = other.company_id
            and one.teller < other.teller
            and one.first_date <= other.last_date
            and one.last_date >= other.first_date
),

-- Companies that several tell sales of; most have one shop.
several as (
    select company_id
    from pairs
    group by company_id
),

numbered as (
    select
        recent.*,
        row_number() over (
            partition by
                recent.company_id,
                recent.teller,
                recent.order_date,
                recent.charged,
                recent.customer_id
            order by recent.order_date
        ) as customers_copy,
        row_number() over (
            partition by
                recent.company_id,
                recent.teller,
                recent.order_date,
                recent.charged
            order by recent.customer_id
        ) as copy_number
    from recent
    inner join several on recent.company_id = several.company_id
),

sizes as (
    select
        pairs.company_id,
        pairs.teller,
        pairs.other_teller,
        count(*) filter (where numbered.teller = pairs.teller) as size,
        count(*) filter (where numbered.teller = pairs.other_teller)
            as other_size
    from pairs
    inner join numbered
        on
            pairs.company_id = numbered.company_id
            and (
                pairs.teller = numbered.teller
                or pairs.other_teller = numbered.teller
            )
            and pairs.first_date <= numbered.order_date
            and pairs.last_date >= numbered.order_date
    group by pairs.company_id, pairs.teller, pairs.other_teller
),

by_customer as (
    select
        one.company_id,
        one.teller,
        other.teller as other_teller,
        count(*) as shared_count,
        sum(one.charged) as shared_amount
    from numbered as one
    inner join numbered as other
        on
            one.company_id = other.company_id
            and one.customer_id = other.customer_id
            and one.order_date = other.order_date
            and one.charged = other.charged
            and one.customers_copy = other.customers_copy
            and one.teller < other.teller
    group by one.company_id, one.teller, other.teller
),

by_amount as (
    select
        one.company_id,
        one.teller,
        other.teller as other_teller,
        count(*) as shared_count,
        sum(one.charged) as shared_amount,
        count(distinct one.charged) as amount_count
    from numbered as one
    inner join numbered as other
        on
            one.company_id = other.company_id
            and one.order_date = other.order_date
            and one.charged = other.charged
            and one.copy_number = other.copy_number
            and one.teller < other.teller
    group by one.company_id, one.teller, other.teller
),

found as (
    select
        sizes.company_id,
        sizes.teller,
        sizes.other_teller,
        'customer, day and amount' as alike,
        by_customer.shared_count,
        by_customer.shared_amount,
        least(sizes.size, sizes.other_size) as size
    from sizes
    inner join by_customer
        on
            sizes.company_id = by_customer.company_id
            and sizes.teller = by_customer.teller
            and sizes.other_teller = by_customer.other_teller
    where
        by_customer.shared_count >= {{ least_by_customer }}
        and by_customer.shared_count
        >= {{ least_share_by_customer }} * least(sizes.size, sizes.other_size)
    union all
    select
        sizes.company_id,
        sizes.teller,
        sizes.other_teller,
        'day and amount' as alike,
        by_amount.shared_count,
        by_amount.shared_amount,
        least(sizes.size, sizes.other_size) as size
    from sizes
    inner join by_amount
        on
            sizes.company_id = by_amount.company_id
            and sizes.teller = by_amount.teller
            and sizes.other_teller = by_amount.other_teller
    where
        by_amount.shared_count >= {{ least_by_amount }}
        and by_amount.shared_count
        >= {{ least_share_by_amount }} * least(sizes.size, sizes.other_size)
        and by_amount.shared_count
        >= {{ least_share_of_longer }} * greatest(sizes.size, sizes.other_size)
        and by_amount.amount_count
        >= {{ least_distinct }} * by_amount.shared_count
),

said as (
    select
        *,
        format(
            '%s and %s of %s tell the same sales: %s of %s orders of their last'
            ' common days have the same %s in both, and %s would be counted'
            ' twice. Keep one of them: take the other file out of its folder,'
            ' or timonel connect remove.',
            teller,
            other_teller,
            company_id,
            shared_count,
            size,
            alike,
            to_char(shared_amount, 'FM999999999999990.00')
        ) as message
    from found
)

select * from said
