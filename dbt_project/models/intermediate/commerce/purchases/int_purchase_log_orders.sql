with lines as (
    select * from {{ ref('int_purchases_identified') }}
),

summed as (
    select
        company_id,
        file_sha256,
        order_id,
        min(file_name) as file_name,
        min(exported_at) as exported_at,
        min(line_number) as line_number,
        bool_and(is_counted) as is_counted,
        bool_or(is_date_only) as is_date_only,
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
        )::numeric(24, 6) as returned,
        -- Told of all that came back, or of none of it.
    {%- for part in ('tax_amount', 'shipping_amount') %}
        case
            when bool_and(amount < 0 and tells_parts)
                then -coalesce(sum({{ part }}), 0)
        end::numeric(24, 6) as {{ part }}{{ ',' if not loop.last }}
    {%- endfor %}
    from lines
    group by company_id, file_sha256, order_id
),

-- What customers bought and brought back, as the newest file with it says. Not
-- by its rank: of a rank that is 1 a plan expects next to nothing.
told as (
    select distinct on (company_id, order_id)
        company_id,
        order_id,
        file_sha256,
        file_name,
        line_number,
        customer_id,
        currency_code,
        purchased_at,
        is_date_only,
        is_counted,
        sold,
        returned,
        tax_amount,
        shipping_amount
    from summed
    order by
        company_id asc, order_id asc, exported_at desc, file_name desc
),

money as (
    select
        *,
        bool_or(sold = 0) over (
            partition by company_id, customer_id, currency_code
        ) as has_returns
    from told
    where
        is_counted and customer_id is not null
        and currency_code <> 'XXX'
        and (sold > returned or (sold = 0 and returned > 0))
),

-- Who brought nothing back has nothing to be settled: most shops, nobody.
concerned as (
    select
        company_id,
        file_sha256,
        file_name,
        order_id,
        line_number,
        customer_id,
        currency_code,
        purchased_at,
        is_date_only,
        sold = 0 as is_return,
        abs(sold - returned)::numeric(24, 6) as amount,
        tax_amount,
        shipping_amount
    from money
    where has_returns
)

select * from concerned
