with summaries as (
    select * from {{ ref('customer_summaries') }}
),

predictions as (
    select * from {{ source('predictions', 'predictions_customer') }}
),

-- Companies whose orders changed since they were summarised: a run is writing.
unread as (
    select distinct changes.company_id
    from {{ source('ops', 'mart_changes') }} as changes
    inner join {{ source('ops', 'mart_builds') }} as builds
        on changes.company_id = builds.company_id
    where
        changes.mart = 'orders'
        and builds.mart = 'customer_summaries'
        and changes.change_id > builds.seen_through
),

reason_labels as (
    select * from {{ ref('customer_value_reasons') }}
),

-- Customers share few combinations of reasons: each is put into words once.
combinations as (
    select distinct
        company_id,
        reason_codes
    from {{ source('predictions', 'predictions_customer') }}
    where reason_codes <> ''
),

given as (
    select
        combinations.company_id,
        combinations.reason_codes,
        codes.code,
        codes.place
    from combinations
    cross join
        unnest(string_to_array(combinations.reason_codes, ','))
        with ordinality as codes (code, place)
),

explained as (
    select
        given.company_id,
        given.reason_codes,
        string_agg(
            coalesce(reason_labels.label_es, given.code),
            '; ' order by given.place
        ) as reasons_es,
        string_agg(
            coalesce(reason_labels.label_en, given.code),
            '; ' order by given.place
        ) as reasons_en
    from given
    left join reason_labels
        on given.code = reason_labels.code
    group by given.company_id, given.reason_codes
),

joined as (
    select
        summaries.company_id,
        summaries.customer_id,
        row_number() over (
            partition by summaries.company_id
            order by
                predictions.predicted_value_12m desc nulls last,
                summaries.historic_value desc,
                summaries.customer_id asc
        )::integer as value_rank,
        summaries.as_of_date,
        summaries.data_through_date,
        summaries.currency_code,
        summaries.first_order_date,
        summaries.last_order_date,
        summaries.order_count,
        summaries.purchase_day_count,
        summaries.frequency,
        summaries.recency_days,
        summaries.age_days,
        summaries.monetary_value,
        summaries.historic_value,
        summaries.has_outlier_order,
        predictions.status as prediction_status,
        predictions.probability_alive,
        predictions.probability_no_purchase_90d,
        predictions.probability_no_purchase_90d_lower,
        predictions.probability_no_purchase_90d_upper,
        predictions.expected_orders_30d,
        predictions.expected_orders_30d_lower,
        predictions.expected_orders_30d_upper,
        predictions.expected_orders_90d,
        predictions.expected_orders_90d_lower,
        predictions.expected_orders_90d_upper,
        predictions.expected_orders_365d,
        predictions.expected_orders_365d_lower,
        predictions.expected_orders_365d_upper,
        predictions.expected_order_value,
        predictions.predicted_value_12m,
        predictions.predicted_value_12m_lower,
        predictions.predicted_value_12m_upper,
        predictions.value_if_active_12m,
        predictions.next_order_date,
        predictions.next_order_date_lower,
        predictions.next_order_date_upper,
        predictions.order_gap_p90_days,
        predictions.reason_codes,
        explained.reasons_es,
        explained.reasons_en,
        predictions.as_of_date as prediction_as_of_date,
        coalesce(
            unread.company_id is null
            and predictions.as_of_date = summaries.as_of_date
            and predictions.frequency = summaries.frequency
            and predictions.recency_days = summaries.recency_days
            and predictions.order_count = summaries.order_count
            and predictions.historic_value = summaries.historic_value,
            false
        ) as is_prediction_current,
        predictions.fit_id,
        predictions.model_version,
        predictions.fitted_at
    from summaries
    left join predictions
        on
            summaries.company_id = predictions.company_id
            and summaries.customer_id = predictions.customer_id
    left join unread
        on summaries.company_id = unread.company_id
    left join explained
        on
            predictions.company_id = explained.company_id
            and predictions.reason_codes = explained.reason_codes
)

select * from joined
