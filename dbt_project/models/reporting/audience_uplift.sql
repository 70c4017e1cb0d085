with audiences as (
    select * from {{ source('ops', 'audiences') }}
),

members as (
    select * from {{ source('ops', 'audience_members') }}
),

exports as (
    select
        company_id,
        audience_id,
        min(exported_at) as first_exported_at
    from {{ source('ops', 'audience_exports') }}
    where not is_holdout
    group by company_id, audience_id
),

coupons as (
    select * from {{ source('ops', 'coupons') }}
    where state = 'created'
),

companies as (
    select * from {{ ref('companies') }}
),

months as (
    select
        company_id,
        max(through_date) as data_through_date
    from {{ ref('company_months') }}
    group by company_id
),

orders as (
    select
        company_id,
        customer_id,
        order_date,
        net_revenue
    from {{ ref('orders') }}
    where is_purchase
),

labels as (
    select * from {{ ref('audience_result_labels') }}
),

-- From the day after the list was given out, in the company's time zone, so
-- that nothing that was bought before counts.
windows as (
    select
        audiences.company_id,
        audiences.audience_id,
        audiences.name,
        audiences.segment_id,
        audiences.holdout_share,
        audiences.built_at,
        companies.currency_code,
        exports.first_exported_at,
        (exports.first_exported_at at time zone companies.time_zone)::date + 1
            as counted_from,
        (exports.first_exported_at at time zone companies.time_zone)::date + 30
            as counted_to,
        months.data_through_date
    from audiences
    inner join companies
        on audiences.company_id = companies.company_id
    left join exports
        on
            audiences.company_id = exports.company_id
            and audiences.audience_id = exports.audience_id
    left join months
        on audiences.company_id = months.company_id
),

spent as (
    select
        members.company_id,
        members.audience_id,
        members.customer_id,
        members.is_held_back,
        count(orders.order_date) as order_count,
        coalesce(sum(orders.net_revenue), 0) as net_revenue
    from members
    inner join windows
        on
            members.company_id = windows.company_id
            and members.audience_id = windows.audience_id
    left join orders
        on
            members.company_id = orders.company_id
            and members.customer_id = orders.customer_id
            and orders.order_date
            between windows.counted_from and windows.counted_to
    group by
        members.company_id,
        members.audience_id,
        members.customer_id,
        members.is_held_back
),

arms as (
    select
        company_id,
        audience_id,
        count(*) filter (where not is_held_back) as contacted_count,
        count(*) filter (where is_held_back) as held_back_count,
        count(*) filter (where not is_held_back and order_count > 0)
            as contacted_buyer_count,
        count(*) filter (where is_held_back and order_count > 0)
            as held_back_buyer_count,
        sum(net_revenue) filter (where not is_held_back) as contacted_revenue,
        sum(net_revenue) filter (where is_held_back) as held_back_revenue,
        avg(net_revenue) filter (where not is_held_back) as contacted_mean,
        avg(net_revenue) filter (where is_held_back) as held_back_mean,
        var_samp(net_revenue) filter (where not is_held_back)
            as contacted_variance,
        var_samp(net_revenue) filter (where is_held_back) as held_back_variance
    from spent
    group by company_id, audience_id
),

-- Welch, 1947: the difference of two means of unequal variance; with at least
-- 100 members on each side the normal quantile of 95 % is 1.645.
compared as (
    select
        windows.*,
        arms.contacted_count,
        arms.held_back_count,
        arms.contacted_buyer_count,
        arms.held_back_buyer_count,
        arms.contacted_revenue,
        arms.held_back_revenue,
        arms.contacted_mean - arms.held_back_mean as uplift,
        1.645 * sqrt(
            arms.contacted_variance / nullif(arms.contacted_count, 0)
            + arms.held_back_variance / nullif(arms.held_back_count, 0)
        ) as half_width
    from windows
    left join arms
        on
            windows.company_id = arms.company_id
            and windows.audience_id = arms.audience_id
),

judged as (
    select
        *,
        case
            when first_exported_at is null then 'not_exported'
            when data_through_date is null or data_through_date < counted_to
                then 'not_due'
            when
                contacted_count < 100 or held_back_count < 100
                or contacted_buyer_count < 10 or held_back_buyer_count < 10
                then 'too_small'
            when uplift - half_width > 0 then 'gained'
            when uplift + half_width < 0 then 'lost'
            else 'no_evidence'
        end as result
    from compared
),

-- Shares of buyers on either side, and their intervals of 90 %.
bought as (
    select
        *,
        contacted_buyer_count::double precision
        / nullif(contacted_count, 0) as contacted_rate,
        held_back_buyer_count::double precision
        / nullif(held_back_count, 0) as held_back_rate
    from arms
),

bounded as (
    select
        *,
        {{ wilson_bound('contacted_rate', 'contacted_count', '-', 1.645) }}
            as contacted_rate_lower,
        {{ wilson_bound('contacted_rate', 'contacted_count', '+', 1.645) }}
            as contacted_rate_upper,
        {{ wilson_bound('held_back_rate', 'held_back_count', '-', 1.645) }}
            as held_back_rate_lower,
        {{ wilson_bound('held_back_rate', 'held_back_count', '+', 1.645) }}
            as held_back_rate_upper
    from bought
),

gained as (
    select
        company_id,
        audience_id,
        contacted_count
        * (contacted_rate - held_back_rate) as customers_gained,
        contacted_count * (
            {{ newcombe_bound('contacted_rate', 'held_back_rate', '-') }}
        ) as customers_gained_lower,
        contacted_count * (
            {{ newcombe_bound('contacted_rate', 'held_back_rate', '+') }}
        ) as customers_gained_upper
    from bounded
),

labelled as (
    select
        judged.company_id,
        judged.audience_id,
        judged.name,
        judged.segment_id,
        judged.holdout_share,
        judged.built_at,
        judged.first_exported_at,
        judged.counted_from,
        judged.counted_to,
        judged.data_through_date,
        judged.currency_code,
        coupons.code as coupon_code,
        coupons.percent as coupon_percent,
        coalesce(judged.contacted_count, 0) as contacted_count,
        coalesce(judged.held_back_count, 0) as held_back_count,
        coalesce(judged.contacted_buyer_count, 0) as contacted_buyer_count,
        coalesce(judged.held_back_buyer_count, 0) as held_back_buyer_count,
        judged.result,
        labels.label_es as result_label_es,
        labels.label_en as result_label_en,
        case
            when judged.result in ('gained', 'lost', 'no_evidence')
                then (judged.uplift * judged.contacted_count)::numeric(18, 2)
        end as revenue_gained,
        case
            when judged.result in ('gained', 'lost', 'no_evidence')
                then (
                    (judged.uplift - judged.half_width) * judged.contacted_count
                )::numeric(18, 2)
        end as revenue_gained_lower,
        case
            when judged.result in ('gained', 'lost', 'no_evidence')
                then (
                    (judged.uplift + judged.half_width) * judged.contacted_count
                )::numeric(18, 2)
        end as revenue_gained_upper,
        case
            when judged.result in ('gained', 'lost', 'no_evidence')
                then gained.customers_gained
        end as customers_gained,
        case
            when judged.result in ('gained', 'lost', 'no_evidence')
                then gained.customers_gained_lower
        end as customers_gained_lower,
        case
            when judged.result in ('gained', 'lost', 'no_evidence')
                then gained.customers_gained_upper
        end as customers_gained_upper
    from judged
    left join gained
        on
            judged.company_id = gained.company_id
            and judged.audience_id = gained.audience_id
    inner join labels
        on judged.result = labels.result
    left join coupons
        on
            judged.company_id = coupons.company_id
            and judged.audience_id = coupons.audience_id
)

select * from labelled
