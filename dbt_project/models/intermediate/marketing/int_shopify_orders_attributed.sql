with visits as (
    select * from {{ ref('int_shopify_order_visits_classified') }}
),

-- Who types the address clicks on nothing: an earlier click keeps the order.
attributed as (
    select
        company_id,
        order_id,
        (
            array_agg(
                channel_id
                order by
                    (channel_id = 'direct') asc,
                    (visit_role = 'last') desc
            )
        )[1] as channel_id,
        (
            array_agg(
                campaign_name
                order by
                    (channel_id = 'direct') asc,
                    (visit_role = 'last') desc
            )
        )[1] as campaign_name,
        max(loaded_at) as loaded_at
    from visits
    group by company_id, order_id
)

select * from attributed
