with years as (
    select * from {{ ref('account_exit_reason_years') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'cause'
),

-- Words of no cause that is known stay as they are.
told as (
    select
        years.company_id,
        years.year_start_date,
        years.exit_reason,
        coalesce(labels.label_es, years.exit_reason) as exit_reason_label_es,
        coalesce(labels.label_en, years.exit_reason) as exit_reason_label_en,
        years.departed_account_count,
        years.all_departed_count,
        years.exit_reason_ratio,
        years.exit_reason_ratio_lower,
        years.exit_reason_ratio_upper
    from years
    left join labels
        on years.exit_reason = labels.word
)

select * from told
