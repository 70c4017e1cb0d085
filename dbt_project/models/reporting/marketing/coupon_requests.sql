{%- set facts = (
    'company', 'shop', 'scopes', 'field', 'value', 'audience', 'code', 'percent',
    'limit', 'uses', 'open', 'words'
) -%}

with requests as (
    select
        company_id,
        id as request_id,
        left(btrim(payload ->> 'audience'), 80) as audience_name,
        requested_at,
        requested_by,
        state as request_state,
        reason_code,
        reason_facts
    from {{ source('ops', 'action_requests') }}
    where kind = 'coupon'
),

audiences as (
    select * from {{ source('ops', 'audiences') }}
),

coupons as (
    select * from {{ source('ops', 'coupons') }}
),

states as (
    select * from {{ ref('coupon_state_labels') }}
),

refusals as (
    select * from {{ ref('coupon_refusals') }}
),

-- What the shop refused may be tried again and made later, by approval.
answered as (
    select
        requests.*,
        coupons.code as coupon_code,
        coupons.percent as coupon_percent,
        coupons.is_percent_proven,
        coupons.usage_limit,
        coupons.starts_at,
        coupons.ends_at,
        case
            when coupons.state = 'created' and coupons.ends_at <= now()
                then 'over'
            when coupons.state = 'failed' then 'refused'
            else coalesce(coupons.state, requests.request_state)
        end as state
    from requests
    left join audiences
        on
            requests.company_id = audiences.company_id
            and requests.audience_name = audiences.name
            and (
                requests.request_state = 'done'
                or requests.reason_code in ('shop_refused', 'no_free_code')
            )
    left join coupons
        on
            audiences.company_id = coupons.company_id
            and audiences.audience_id = coupons.audience_id
),

labelled as (
    select
        answered.company_id,
        answered.request_id::text as request_id,
        answered.audience_name,
        answered.requested_at,
        answered.requested_by,
        answered.state,
        states.label_es as state_label_es,
        states.label_en as state_label_en,
        {{ filled_in('refusals.template_es', 'answered.reason_facts', facts) }}
            as refusal_es,
        {{ filled_in('refusals.template_en', 'answered.reason_facts', facts) }}
            as refusal_en,
        answered.coupon_code,
        answered.coupon_percent,
        answered.is_percent_proven,
        answered.usage_limit,
        answered.starts_at,
        answered.ends_at
    from answered
    left join states
        on answered.state = states.state
    left join refusals
        on
            answered.state = 'refused'
            and answered.reason_code = refusals.reason_code
)

select * from labelled
