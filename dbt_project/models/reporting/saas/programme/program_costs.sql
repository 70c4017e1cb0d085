with costs as (
    select * from {{ ref('program_cost_months') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'cost'
),

told as (
    select
        costs.company_id,
        costs.month_start_date,
        costs.cost_kind,
        labels.place,
        labels.label_es as cost_label_es,
        labels.label_en as cost_label_en,
        costs.currency_code,
        costs.cost_amount as program_cost,
        costs.unpriced_cost_count
    from costs
    inner join labels
        on costs.cost_kind = labels.word
)

select * from told
