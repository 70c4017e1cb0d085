with summaries as (
    select * from {{ source('ops', 'client_summaries') }}
),

aged as (
    select
        *,
        (extract(epoch from now() - last_read_at) / 3600)::numeric(18, 2)
            as hours_since_read
    from summaries
),

-- What keeps a client's numbers from being right comes before what they say.
judged as (
    select
        *,
        case
            when
                stale_reason not in (
                    'no_purchases', 'no_predictions', 'older_predictions'
                )
                then 'blocked'
            when failing_connection_count > 0 then 'failing'
            when hours_since_read > 36 then 'late'
            when open_alert_count > 0 then 'alert'
            when net_sales_change <= -0.1 then 'falling'
            when stale_reason is not null or net_sales is null then 'stale'
            else 'none'
        end as attention
    from aged
),

ranked as (
    select
        company_id,
        client_id,
        client_name,
        attention,
        array_position(
            array[
                'blocked',
                'failing',
                'late',
                'alert',
                'falling',
                'stale',
                'none'
            ],
            attention
        ) as attention_rank,
        currency_code,
        month_start_date,
        net_sales,
        net_sales_change,
        net_sales_year_change,
        ltv_roas_incremental,
        ltv_roas_incremental_lower,
        ltv_roas_incremental_upper,
        critical_customer_count,
        capital_at_risk,
        last_read_at,
        hours_since_read,
        failing_connection_count,
        open_alert_count,
        stale_reason,
        updated_at
    from judged
)

select * from ranked
