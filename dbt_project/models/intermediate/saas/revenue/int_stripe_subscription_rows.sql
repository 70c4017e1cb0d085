with items as (
    select * from {{ ref('int_stripe_subscription_items') }}
),

discounts as (
    select * from {{ ref('int_stripe_discounts') }}
),

-- Percents follow each other; an amount is shared by what the items cost.
taken_off as (
    select
        items.company_id,
        items.subscription_id,
        items.effective_at,
        items.item_id,
        min(case when discounts.percent_off = 100 then 0 else 1 end) * coalesce(
            exp(sum(ln(1 - discounts.percent_off / 100)) filter (
                where discounts.percent_off < 100
            )), 1
        ) as kept_share,
        sum(
            discounts.amount_off
            * case
                when items.own_discounts @> to_jsonb(given.discount_id) then 1
                else items.gross_share
            end
        ) as amount_off,
        bool_or(
            discounts.discount_id is null
            or discounts.currency_code <> items.currency_code
        ) as is_unknown
    from items
    cross join
        jsonb_array_elements_text(items.discounts || items.own_discounts)
            as given (discount_id)
    left join discounts
        on
            items.company_id = discounts.company_id
            and given.discount_id = discounts.discount_id
    where
        discounts.discount_id is null
        or (
            not discounts.is_once
            and coalesce(discounts.ends_at > items.effective_at, true)
        )
    group by
        items.company_id,
        items.subscription_id,
        items.effective_at,
        items.item_id
),

rows_told as (
    select
        items.company_id,
        items.subscription_id,
        items.item_id,
        '#'::text as item_group,
        items.account_id,
        items.plan,
        items.billing_interval,
        items.interval_count,
        items.quantity,
        case
            when taken_off.is_unknown then null
            else {{ major_units(
                'items.gross * items.net_share', 'items.currency_code'
            ) }}
        end as amount,
        items.currency_code,
        round(100 * (1 - coalesce(taken_off.kept_share, 1)), 8)
            as discount_percent,
        coalesce({{ major_units(
            'taken_off.amount_off * items.net_share', 'items.currency_code'
        ) }}, 0) as discount_amount,
        items.status,
        items.is_metered,
        items.trial_ends_at,
        items.started_at,
        items.is_dated,
        items.effective_at,
        null::timestamptz as effective_to,
        items.cancelled_at,
        items.ended_at,
        items.cancellation_reason
    from items
    left join taken_off
        on
            items.company_id = taken_off.company_id
            and items.subscription_id = taken_off.subscription_id
            and items.effective_at = taken_off.effective_at
            and items.item_id = taken_off.item_id
)

select * from rows_told
