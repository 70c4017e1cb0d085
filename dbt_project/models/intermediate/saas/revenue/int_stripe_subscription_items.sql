with versions as (
    select * from {{ ref('int_stripe_subscription_versions') }}
),

-- What of an invoice is no tax.
taxed as (
    select distinct on (company_id, subscription_id)
        company_id,
        subscription_id,
        total_excluding_tax / total as net_share
    from {{ ref('stg_stripe__invoices') }}
    where total > 0 and status in ('open', 'paid', 'uncollectible')
    order by company_id asc, subscription_id asc, created_at desc
),

items as (
    select
        versions.*,
        item.told ->> 'id' as item_id,
        coalesce(item.told -> 'discounts', '[]') as own_discounts,
        item.told -> 'price' as price,
        upper(item.told #>> '{price,currency}') as currency_code,
        coalesce((item.told ->> 'quantity')::numeric, 1) as quantity,
        case
            when item.told #>> '{price,transform_quantity}' is null
                then (item.told #>> '{price,unit_amount_decimal}')::numeric
        end * coalesce((item.told ->> 'quantity')::numeric, 1) as gross
    from versions
    cross join jsonb_path_query(versions.items, '$.data[*]') as item (told)
),

shared as (
    select
        *,
        gross / nullif(sum(gross) over (
            partition by company_id, subscription_id, effective_at
        ), 0) as gross_share
    from items
),

priced as (
    select
        shared.company_id,
        shared.subscription_id,
        shared.item_id,
        shared.effective_at,
        shared.is_dated,
        shared.account_id,
        coalesce(
            nullif(shared.price ->> 'nickname', ''), shared.price ->> 'id'
        ) as plan,
        shared.price #>> '{recurring,interval}' as billing_interval,
        (shared.price #>> '{recurring,interval_count}')::bigint
            as interval_count,
        shared.price #>> '{recurring,usage_type}' = 'metered' as is_metered,
        shared.currency_code,
        shared.quantity,
        shared.gross,
        shared.gross_share,
        case
            when shared.price ->> 'tax_behavior' = 'inclusive'
                then taxed.net_share
            else 1
        end as net_share,
        shared.status,
        shared.discounts,
        shared.own_discounts,
        shared.trial_ends_at,
        shared.started_at,
        shared.cancelled_at,
        shared.ended_at,
        case
            when shared.cancellation_reason = 'cancellation_requested'
                then coalesce(
                    shared.cancellation_feedback, shared.cancellation_reason
                )
            else shared.cancellation_reason
        end as cancellation_reason
    from shared
    left join taxed
        on
            shared.company_id = taxed.company_id
            and shared.subscription_id = taxed.subscription_id
)

select * from priced
