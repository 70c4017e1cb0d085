with told as (
    select * from {{ source('predictions', 'programme_standing') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        told.first_month,
        told.last_month,
        told.month_count,
        told.cost_amount,
        told.unpriced_cost_count,
        told.margin_amount,
        told.roi,
        told.roi_lower,
        told.roi_upper,
        told.payback_months,
        told.verdict,
        told.awaited_es,
        told.awaited_en,
        told.gross_margin_rate,
        told.average_mrr,
        told.churn_ratio,
        told.saas_clv,
        told.saas_clv_lower,
        told.saas_clv_upper,
        told.new_account_count,
        told.acquisition_cost,
        told.clv_to_cac,
        told.cac_payback_months,
        verdicts.label_es as verdict_label_es,
        verdicts.label_en as verdict_label_en,
        told.as_of_date
    from told
    inner join labels as verdicts
        on verdicts.kind = 'told' and told.verdict = verdicts.word
)

select * from labelled
