with months as (
    select * from {{ ref('saas_months') }}
),

labels as (
    select * from {{ ref('mrr_movement_labels') }}
),

labelled as (
    select
        months.company_id,
        months.month_start_date,
        labels.movement,
        labels.place,
        labels.label_es as movement_label_es,
        labels.label_en as movement_label_en,
        case labels.movement
            when 'new' then months.new_mrr
            when 'expansion' then months.expansion_mrr
            when 'reactivation' then months.reactivation_mrr
            when 'contraction' then -months.contraction_mrr
            when 'churn' then -months.churned_mrr
            when 'fx' then months.fx_mrr
        end::numeric(18, 2) as mrr_movement
    from months
    cross join labels
)

select * from labelled
