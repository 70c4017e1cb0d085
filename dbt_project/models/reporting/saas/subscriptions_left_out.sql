with versions as (
    select * from {{ ref('subscription_versions') }}
),

labels as (
    select * from {{ ref('subscription_gap_labels') }}
),

-- What lacks something is told for ever, what a rule leaves out while it lasts.
counted as (
    select
        versions.company_id,
        versions.left_out_reason,
        labels.is_flaw,
        labels.label_es as left_out_label_es,
        labels.label_en as left_out_label_en,
        count(distinct versions.subscription_id)::integer
            as left_out_subscription_count
    from versions
    inner join labels
        on versions.left_out_reason = labels.left_out_reason
    where labels.is_flaw or versions.until_date is null
    group by
        versions.company_id,
        versions.left_out_reason,
        labels.is_flaw,
        labels.label_es,
        labels.label_en
)

select * from counted
