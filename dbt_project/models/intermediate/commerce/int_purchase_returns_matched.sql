with orders as (
    select * from {{ ref('int_purchase_log_orders') }}
    where customer_id is not null and currency_code <> 'XXX'
),

-- A return without a number of its purchase is looked for among what the same
-- customer bought before, in the same file.
ranked as (
    select
        *,
        sold = 0 and returned > 0 as is_return,
        row_number() over (
            partition by company_id, file_sha256, customer_id, currency_code
            order by purchased_at asc, (sold = 0) asc, order_id asc
        ) as row_position,
        row_number() over (
            partition by
                company_id,
                file_sha256,
                customer_id,
                currency_code,
                sold = 0,
                case when sold = 0 then returned else sold - returned end
            order by purchased_at, order_id
        ) as rank_of_amount
    from orders
    where sold > 0 or returned > 0
),

preceded as (
    select
        *,
        max(row_position) filter (where not is_return) over (
            partition by company_id, file_sha256, customer_id, currency_code
            order by row_position
            rows between unbounded preceding and 1 preceding
        ) as last_purchase
    from ranked
),

-- The n-th return of an amount is that of the n-th purchase of this amount, if
-- that came before; else of the latest purchase before it.
candidates as (
    select
        notes.company_id,
        notes.file_sha256,
        notes.order_id,
        notes.row_position,
        notes.returned,
        coalesce(same.order_id, latest.order_id) as purchase_id,
        coalesce(same.sold - same.returned, latest.sold - latest.returned)
            as purchase_amount
    from preceded as notes
    left join ranked as same
        on
            notes.company_id = same.company_id
            and notes.file_sha256 = same.file_sha256
            and notes.customer_id = same.customer_id
            and notes.currency_code = same.currency_code
            and notes.returned = same.sold - same.returned
            and notes.rank_of_amount = same.rank_of_amount
            and notes.row_position > same.row_position
            and not same.is_return
    left join ranked as latest
        on
            notes.company_id = latest.company_id
            and notes.file_sha256 = latest.file_sha256
            and notes.customer_id = latest.customer_id
            and notes.currency_code = latest.currency_code
            and notes.last_purchase = latest.row_position
    where notes.is_return
),

-- No purchase gives back more than it brought: what does not fit stays a credit
-- note, which is seen.
filled as (
    select
        *,
        sum(returned) over (
            partition by company_id, file_sha256, purchase_id
            order by row_position
        ) as returned_so_far
    from candidates
    where returned <= purchase_amount
),

matched as (
    select
        company_id,
        file_sha256,
        order_id,
        purchase_id as matched_order_id
    from filled
    where returned_so_far <= purchase_amount
)

select * from matched
