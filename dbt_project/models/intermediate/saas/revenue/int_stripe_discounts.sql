with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

events as (
    select * from {{ ref('stg_stripe__events') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

expanded as (
    select
        subscriptions.company_id,
        discount.told,
        coalesce(
            discount.told #> '{source,coupon}', discount.told -> 'coupon'
        ) as coupon
    from subscriptions
    cross join jsonb_array_elements(subscriptions.discounts) as discount (told)
    where jsonb_typeof(discount.told) = 'object'
),

-- A coupon that was deleted is in no list: the discount itself may hold it.
told as (
    select
        company_id,
        told ->> 'id' as discount_id,
        coalesce(coupon ->> 'id', coupon #>> '{}') as coupon_id,
        coupon ->> 'duration' as duration,
        coupon ->> 'currency' as currency_code,
        (coupon ->> 'percent_off')::numeric as percent_off,
        (coupon ->> 'amount_off')::numeric as amount_off,
        to_timestamp((told ->> 'end')::double precision) as ends_at
    from expanded
    union all
    select
        company_id,
        object_id as discount_id,
        coalesce(coupon_id, old_coupon_id) as coupon_id,
        null as duration,
        null as currency_code,
        null as percent_off,
        null as amount_off,
        ends_at
    from events
    where type like 'customer.discount.%'
),

merged as (
    select
        company_id,
        discount_id,
        max(coupon_id) as coupon_id,
        max(duration) as duration,
        max(currency_code) as currency_code,
        max(percent_off) as percent_off,
        max(amount_off) as amount_off,
        max(ends_at) as ends_at
    from told
    group by company_id, discount_id
),

worth as (
    select
        merged.company_id,
        merged.discount_id,
        coalesce(merged.duration, coupons.duration) = 'once' as is_once,
        upper(coalesce(merged.currency_code, coupons.currency_code))
            as currency_code,
        coalesce(merged.percent_off, coupons.percent_off) as percent_off,
        coalesce(merged.amount_off, coupons.amount_off) as amount_off,
        merged.ends_at
    from merged
    left join coupons
        on
            merged.company_id = coupons.company_id
            and merged.coupon_id = coupons.coupon_id
)

select * from worth
where coalesce(percent_off, amount_off) is not null
