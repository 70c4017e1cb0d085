with curves as (
    select * from {{ source('predictions', 'marketing_curves') }}
),

channels as (
    select * from {{ ref('channels') }}
),

labelled as (
    select
        curves.company_id,
        curves.outcome_unit,
        curves.channel_id,
        coalesce(channels.label_es, curves.channel_id) as channel_label_es,
        coalesce(channels.label_en, curves.channel_id) as channel_label_en,
        curves.alpha,
        curves.gamma,
        curves.current_roi,
        curves.current_roi_lower,
        curves.current_roi_upper,
        curves.roi_without_search,
        curves.roi_without_search_lower,
        curves.roi_without_search_upper,
        curves.marginal_return,
        curves.marginal_return_lower,
        curves.marginal_return_upper,
        curves.alpha_lower,
        curves.alpha_upper,
        curves.gamma_lower,
        curves.gamma_upper,
        curves.half_saturation,
        curves.half_saturation_lower,
        curves.half_saturation_upper,
        curves.decay,
        curves.decay_lower,
        curves.decay_upper,
        curves.contribution,
        curves.contribution_lower,
        curves.contribution_upper,
        curves.total_spend,
        curves.current_spend,
        curves.smallest_spend,
        curves.largest_spend,
        curves.saturation_spend,
        curves.saturation_days,
        curves.status,
        curves.reason,
        curves.value_basis,
        curves.value_reason,
        curves.value_ratio,
        curves.value_ratio_lower,
        curves.value_ratio_upper,
        curves.value_customer_count,
        curves.value_maturity_rate,
        curves.marginal_value_return,
        curves.marginal_value_return_lower,
        curves.marginal_value_return_upper,
        curves.currency_code,
        curves.fit_id,
        curves.as_of_date,
        curves.data_through_date,
        curves.fitted_at
    from curves
    left join channels
        on curves.channel_id = channels.channel_id
)

select * from labelled
