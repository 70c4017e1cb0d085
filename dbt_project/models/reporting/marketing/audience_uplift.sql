with audiences as (
    select
        audiences.*,
        companies.currency_code,
        companies.time_zone
    from {{ source('ops', 'audiences') }} as audiences
    inner join {{ ref('companies') }} as companies
        on audiences.company_id = companies.company_id
),

members as (
    select
        company_id,
        audience_id,
        count(*) filter (where not is_held_back) as contacted_count,
        count(*) filter (where is_held_back) as held_back_count
    from {{ source('ops', 'audience_members') }}
    group by company_id, audience_id
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

months as (
    select
        company_id,
        max(through_date) as data_through_date
    from {{ ref('company_months') }}
    group by company_id
),

uplifts as (
    select * from {{ source('predictions', 'audience_uplifts') }}
),

labels as (
    select * from {{ ref('audience_result_labels') }}
),

-- From the day after, in the company's time zone, so that nothing that was
-- bought before counts. A coupon that came later than the list did nothing
-- before it was there.
dated as (
    select
        audiences.*,
        exports.first_exported_at,
        coupons.code as coupon_code,
        coupons.percent as coupon_percent,
        case
            when exports.first_exported_at is not null
                then
                    greatest(exports.first_exported_at, coupons.starts_at)
                    at time zone audiences.time_zone
        end::date as begun_date
    from audiences
    left join exports
        on
            audiences.company_id = exports.company_id
            and audiences.audience_id = exports.audience_id
    left join coupons
        on
            audiences.company_id = coupons.company_id
            and audiences.audience_id = coupons.audience_id
),

-- What was measured of other days says nothing of these.
measured as (
    select
        dated.*,
        uplifts.contacted_buyer_count,
        uplifts.held_back_buyer_count,
        uplifts.revenue_gained,
        uplifts.revenue_gained_lower,
        uplifts.revenue_gained_upper,
        uplifts.margin_gained,
        uplifts.margin_gained_lower,
        uplifts.margin_gained_upper,
        uplifts.margin_error,
        uplifts.margin_skewness,
        uplifts.customers_gained,
        uplifts.customers_gained_lower,
        uplifts.customers_gained_upper,
        case
            when dated.first_exported_at is null then 'not_exported'
            else coalesce(uplifts.result, 'not_due')
        end as result
    from dated
    left join uplifts
        on
            dated.company_id = uplifts.company_id
            and dated.audience_id = uplifts.audience_id
            and dated.begun_date + 1 = uplifts.counted_from
),

labelled as (
    select
        measured.company_id,
        measured.audience_id,
        measured.name,
        measured.segment_id,
        measured.holdout_share,
        measured.built_at,
        measured.first_exported_at,
        measured.begun_date + 1 as counted_from,
        measured.begun_date + 30 as counted_to,
        months.data_through_date,
        measured.currency_code,
        measured.coupon_code,
        measured.coupon_percent,
        coalesce(members.contacted_count, 0) as contacted_count,
        coalesce(members.held_back_count, 0) as held_back_count,
        coalesce(measured.contacted_buyer_count, 0) as contacted_buyer_count,
        coalesce(measured.held_back_buyer_count, 0) as held_back_buyer_count,
        measured.result,
        labels.label_es as result_label_es,
        labels.label_en as result_label_en,
        measured.revenue_gained,
        measured.revenue_gained_lower,
        measured.revenue_gained_upper,
        measured.margin_gained,
        measured.margin_gained_lower,
        measured.margin_gained_upper,
        measured.margin_error,
        measured.margin_skewness,
        measured.customers_gained,
        measured.customers_gained_lower,
        measured.customers_gained_upper
    from measured
    inner join labels
        on measured.result = labels.result
    left join members
        on
            measured.company_id = members.company_id
            and measured.audience_id = members.audience_id
    left join months
        on measured.company_id = months.company_id
)

select * from labelled
