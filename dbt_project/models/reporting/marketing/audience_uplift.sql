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
        net_revenue,
        discount_amount
    from {{ ref('orders') }}
    where is_purchase
),

labels as (
    select * from {{ ref('audience_result_labels') }}
),

-- A coupon that came later than the list did nothing before it was there.
begun as (
    select
        exports.company_id,
        exports.audience_id,
        exports.first_exported_at,
        greatest(exports.first_exported_at, coupons.starts_at) as begun_at
    from exports
    left join coupons
        on
            exports.company_id = coupons.company_id
            and exports.audience_id = coupons.audience_id
),

-- From the day after, in the company's time zone, so that nothing that was
-- bought before counts.
windows as (
    select
        audiences.company_id,
        audiences.audience_id,
        audiences.name,
        audiences.segment_id,
        audiences.holdout_share,
        audiences.built_at,
        companies.currency_code,
        companies.gross_margin_rate,
        begun.first_exported_at,
        (begun.begun_at at time zone companies.time_zone)::date + 1
            as counted_from,
        (begun.begun_at at time zone companies.time_zone)::date + 30
            as counted_to,
        months.data_through_date
    from audiences
    inner join companies
        on audiences.company_id = companies.company_id
    left join begun
        on
            audiences.company_id = begun.company_id
            and audiences.audience_id = begun.audience_id
    left join months
        on audiences.company_id = months.company_id
),

spent as (
    select
        members.company_id,
        members.audience_id,
        members.customer_id,
        members.is_held_back,
        windows.gross_margin_rate,
        count(orders.order_date) as order_count,
        coalesce(sum(orders.net_revenue), 0) as net_revenue,
        coalesce(sum(orders.discount_amount), 0) as discount_amount
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
        members.is_held_back,
        windows.gross_margin_rate
),

-- Goods cost what they cost without the discount as well.
amounts as (
    select
        spent.company_id,
        spent.audience_id,
        spent.is_held_back,
        spent.order_count > 0 as is_buyer,
        measures.measure,
        measures.amount
    from spent
    cross join
        lateral (
            values
            ('revenue', spent.net_revenue),
            (
                'margin',
                spent.gross_margin_rate
                * (spent.net_revenue + spent.discount_amount)
                - spent.discount_amount
            )
        ) as measures (measure, amount)
),

arms as (
    select
        company_id,
        audience_id,
        measure,
        is_held_back,
        count(*) as size,
        count(*) filter (where is_buyer) as buyer_count,
        avg(amount) as mean,
        var_samp(amount) as variance,
        avg(amount * amount * amount)
        - 3 * avg(amount) * avg(amount * amount)
        + 2 * avg(amount) * avg(amount) * avg(amount) as third_moment
    from amounts
    group by company_id, audience_id, measure, is_held_back
),

-- The lot puts the same people on either side, so variance and skewness are
-- those of all; a holdout of few knows its own too badly.
pooled as (
    select
        contacted.company_id,
        contacted.audience_id,
        contacted.measure,
        contacted.size as contacted_count,
        held_back.size as held_back_count,
        contacted.buyer_count as contacted_buyer_count,
        held_back.buyer_count as held_back_buyer_count,
        contacted.mean - held_back.mean as uplift,
        (
            (contacted.size - 1) * contacted.variance
            + (held_back.size - 1) * held_back.variance
        )
        / nullif(contacted.size + held_back.size - 2, 0)
        * (1.0 / contacted.size + 1.0 / held_back.size) as pooled_variance,
        contacted.variance / contacted.size
        + held_back.variance / held_back.size as welch_variance,
        (
            contacted.size * contacted.third_moment
            + held_back.size * held_back.third_moment
        )
        / (contacted.size + held_back.size)
        * (1.0 / contacted.size ^ 2 - 1.0 / held_back.size ^ 2)
            as third_moment
    from arms as contacted
    left join arms as held_back
        on
            contacted.company_id = held_back.company_id
            and contacted.audience_id = held_back.audience_id
            and contacted.measure = held_back.measure
            and held_back.is_held_back
    where not contacted.is_held_back
),

-- Beyond 1 the expansion says nothing: one order makes up all the variance.
measured as (
    select
        *,
        sqrt(greatest(pooled_variance, welch_variance)) as error,
        least(
            greatest(
                coalesce(
                    third_moment
                    / nullif(pooled_variance * sqrt(pooled_variance), 0),
                    0
                ),
                -1
            ),
            1
        ) as skewness
    from pooled
),

-- Cornish and Fisher, 1938: the normal quantile of 95 %, corrected by the
-- skewness s of the difference, is z + s * (z^2 - 1) / 6 above and
-- z - s * (z^2 - 1) / 6 below.
bounded as (
    select
        *,
        uplift
        - (1.645 + skewness * (1.645 ^ 2 - 1) / 6) * error as lower,
        uplift
        + (1.645 - skewness * (1.645 ^ 2 - 1) / 6) * error as upper
    from measured
),

compared as (
    select
        windows.*,
        revenue.contacted_count,
        revenue.held_back_count,
        revenue.contacted_buyer_count,
        revenue.held_back_buyer_count,
        (revenue.contacted_buyer_count + revenue.held_back_buyer_count)
        * least(revenue.contacted_count, revenue.held_back_count)
        / nullif(revenue.contacted_count + revenue.held_back_count, 0)
            as expected_buyer_count,
        revenue.uplift,
        revenue.lower,
        revenue.upper,
        margin.uplift as margin_uplift,
        margin.lower as margin_lower,
        margin.upper as margin_upper,
        margin.error as margin_error,
        margin.skewness as margin_skewness
    from windows
    left join bounded as revenue
        on
            windows.company_id = revenue.company_id
            and windows.audience_id = revenue.audience_id
            and revenue.measure = 'revenue'
    left join bounded as margin
        on
            windows.company_id = margin.company_id
            and windows.audience_id = margin.audience_id
            and margin.measure = 'margin'
),

-- Buyers are counted on both sides: how many of them are held back is the lot,
-- and to choose by it would bend what it tells.
judged as (
    select
        *,
        case
            when first_exported_at is null then 'not_exported'
            when data_through_date is null or data_through_date < counted_to
                then 'not_due'
            when
                coalesce(held_back_count, 0) < 100 or contacted_count < 100
                or expected_buyer_count < 10
                then 'too_small'
            when lower > 0 then 'gained'
            when upper < 0 then 'lost'
            else 'no_evidence'
        end as result
    from compared
),

told as (
    select
        *,
        case
            when result in ('gained', 'lost', 'no_evidence')
                then contacted_count
        end as told_count
    from judged
),

-- Shares of buyers on either side, and their intervals of 90 %.
bought as (
    select
        *,
        contacted_buyer_count::double precision
        / nullif(contacted_count, 0) as contacted_rate,
        held_back_buyer_count::double precision
        / nullif(held_back_count, 0) as held_back_rate
    from told
),

buyers_bounded as (
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
    from buyers_bounded
),

labelled as (
    select
        told.company_id,
        told.audience_id,
        told.name,
        told.segment_id,
        told.holdout_share,
        told.built_at,
        told.first_exported_at,
        told.counted_from,
        told.counted_to,
        told.data_through_date,
        told.currency_code,
        coupons.code as coupon_code,
        coupons.percent as coupon_percent,
        coalesce(told.contacted_count, 0) as contacted_count,
        coalesce(told.held_back_count, 0) as held_back_count,
        coalesce(told.contacted_buyer_count, 0) as contacted_buyer_count,
        coalesce(told.held_back_buyer_count, 0) as held_back_buyer_count,
        told.result,
        labels.label_es as result_label_es,
        labels.label_en as result_label_en,
        (told.uplift * told.told_count)::numeric(18, 2) as revenue_gained,
        (told.lower * told.told_count)::numeric(18, 2) as revenue_gained_lower,
        (told.upper * told.told_count)::numeric(18, 2) as revenue_gained_upper,
        (told.margin_uplift * told.told_count)::numeric(18, 2)
            as margin_gained,
        (told.margin_lower * told.told_count)::numeric(18, 2)
            as margin_gained_lower,
        (told.margin_upper * told.told_count)::numeric(18, 2)
            as margin_gained_upper,
        (told.margin_error * told.told_count)::numeric(18, 2) as margin_error,
        case
            when told.margin_uplift * told.told_count is not null
                then told.margin_skewness::numeric(9, 6)
        end as margin_skewness,
        case
            when told.told_count is not null then gained.customers_gained
        end as customers_gained,
        case
            when told.told_count is not null then gained.customers_gained_lower
        end as customers_gained_lower,
        case
            when told.told_count is not null then gained.customers_gained_upper
        end as customers_gained_upper
    from told
    left join gained
        on
            told.company_id = gained.company_id
            and told.audience_id = gained.audience_id
    inner join labels
        on told.result = labels.result
    left join coupons
        on
            told.company_id = coupons.company_id
            and told.audience_id = coupons.audience_id
)

select * from labelled
