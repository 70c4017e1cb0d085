with months as (
    select * from {{ ref('channel_months') }}
),

views as (
    select * from {{ ref('attribution_views') }}
),

told as (
    select
        months.company_id,
        months.month_start_date,
        months.channel_id,
        views.attribution_id,
        months.channel_label_es,
        months.channel_label_en,
        views.label_es as attribution_label_es,
        views.label_en as attribution_label_en,
        months.currency_code,
        (case views.attribution_id
            when 'platform_reported' then months.reported_conversion_count
            when 'last_click' then months.last_click_order_count
            when 'observed_new' then months.new_customer_count
        end)::numeric(18, 2) as order_count,
        case views.attribution_id
            when 'platform_reported' then months.reported_revenue
            when 'last_click' then months.last_click_revenue
            when 'observed_new' then months.new_customer_revenue
        end as revenue
    from months
    cross join views
)

select * from told
