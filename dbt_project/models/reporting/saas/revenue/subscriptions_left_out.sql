with gaps as (
    select * from {{ ref('subscription_gaps') }}
),

labels as (
    select * from {{ ref('subscription_gap_labels') }}
),

-- What lacks something is told for ever, what a rule leaves out while it lasts.
labelled as (
    select
        gaps.company_id,
        gaps.left_out_reason,
        labels.is_flaw,
        labels.label_es as left_out_label_es,
        labels.label_en as left_out_label_en,
        case
            when labels.is_flaw then gaps.subscription_count
            else gaps.ongoing_subscription_count
        end as left_out_subscription_count
    from gaps
    inner join labels
        on gaps.left_out_reason = labels.left_out_reason
    where labels.is_flaw or gaps.ongoing_subscription_count > 0
)

select * from labelled
