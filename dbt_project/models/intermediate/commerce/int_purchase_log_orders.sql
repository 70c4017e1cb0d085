with lines as (
    select * from {{ ref('int_purchases_identified') }}
    where is_counted
),

summed as (
    select
        company_id,
        file_sha256,
        order_id,
        (
            array_agg(customer_id order by line_number)
            filter (where customer_id is not null)
        )[1] as customer_id,
        -- XXX is ISO 4217 for "no currency": unlike currencies do not add up.
        case
            when min(currency_code) = max(currency_code) then min(currency_code)
            else 'XXX'
        end as currency_code,
        coalesce(
            min(purchased_at) filter (where amount >= 0), min(purchased_at)
        ) as purchased_at,
        coalesce(sum(amount) filter (where amount >= 0), 0)
        ::numeric(24, 6) as sold,
        (
            coalesce(-sum(amount) filter (where amount < 0), 0)
            + coalesce(sum(refunded_amount), 0)
        )::numeric(24, 6) as returned
    from lines
    group by company_id, file_sha256, order_id
)

select * from summed
