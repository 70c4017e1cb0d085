with channel_values as (
    select * from {{ source('predictions', 'channel_values') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

targets as (
    select * from {{ source('ops', 'marketing_targets') }}
),

curves as (
    select * from {{ source('predictions', 'marketing_curves') }}
    where outcome_unit = 'value_12m'
),

channels as (
    select * from {{ ref('channels') }}
),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'efficiency'
),

joined as (
    select
        channel_values.company_id,
        channel_values.channel_id,
        companies.currency_code,
        margins.gross_margin_rate,
        margins.contribution_margin_rate,
        -- Without a margin that the company told, sales are all that is known.
        coalesce(margins.contribution_margin_rate, 1) as kept_rate,
        channel_values.as_of_date,
        channel_values.spend,
        channel_values.reported_revenue,
        nullif(channel_values.spend, 0) as paid,
        channel_values.customer_count as new_customer_count,
        channel_values.observed_value,
        channel_values.value_12m,
        channel_values.value_12m_lower,
        channel_values.value_12m_upper,
        coalesce(targets.value_to_cost_target, 3)::numeric(8, 3)
            as value_to_cost_target,
        targets.company_id is null as is_default_target,
        curves.current_roi as ltv_roas_incremental,
        curves.current_roi_lower as ltv_roas_incremental_lower,
        curves.current_roi_upper as ltv_roas_incremental_upper
    from channel_values
    inner join companies
        on channel_values.company_id = companies.company_id
    left join margins
        on channel_values.company_id = margins.company_id
    left join targets
        on channel_values.company_id = targets.company_id
    left join curves
        on
            channel_values.company_id = curves.company_id
            and channel_values.channel_id = curves.channel_id
),

divided as (
    select
        *,
        paid / nullif(new_customer_count, 0) as cost_per_customer,
        value_12m / nullif(new_customer_count, 0) as value_per_customer,
        value_12m / paid as ltv_roas_attributed,
        -- Where a sale leaves less than nothing, more sales leave less.
        least(kept_rate * value_12m_lower, kept_rate * value_12m_upper)
            as kept_lower,
        greatest(kept_rate * value_12m_lower, kept_rate * value_12m_upper)
            as kept_upper
    from joined
),

judged as (
    select
        *,
        case
            when paid is null then 'unpriced'
            when new_customer_count is null then 'untold'
            when new_customer_count = 0 then 'nobody_won'
            when ltv_roas_attributed >= value_to_cost_target then 'good'
            when ltv_roas_attributed >= 1 then 'watch'
            else 'losing'
        end as verdict,
        case
            when paid is null then null
            when
                kept_upper < paid
                and coalesce(kept_rate * ltv_roas_incremental_upper < 1, true)
                then 'not_covered'
            when
                kept_lower >= paid
                and coalesce(kept_rate * ltv_roas_incremental_lower >= 1, true)
                then 'covered'
            else 'open'
        end as payback
    from divided
),

labelled as (
    select
        judged.company_id,
        judged.channel_id,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        judged.currency_code,
        judged.spend::numeric(18, 2) as spend,
        judged.new_customer_count,
        judged.cost_per_customer::numeric(18, 2) as customer_acquisition_cost,
        judged.value_per_customer::numeric(18, 2) as value_per_customer,
        judged.ltv_roas_attributed::numeric(18, 6) as ltv_roas_attributed,
        (judged.value_12m_lower / judged.paid)::numeric(18, 6)
            as ltv_roas_attributed_lower,
        (judged.value_12m_upper / judged.paid)::numeric(18, 6)
            as ltv_roas_attributed_upper,
        judged.ltv_roas_incremental,
        judged.ltv_roas_incremental_lower,
        judged.ltv_roas_incremental_upper,
        (judged.ltv_roas_attributed * judged.contribution_margin_rate)
        ::numeric(18, 6) as margin_ltv_roas_attributed,
        judged.ltv_roas_incremental * judged.contribution_margin_rate
            as margin_ltv_roas_incremental,
        (judged.observed_value / judged.paid)::numeric(18, 6)
            as observed_roas,
        (judged.reported_revenue / judged.paid)::numeric(18, 6)
            as reported_roas,
        (judged.observed_value / nullif(judged.value_12m, 0))
        ::numeric(18, 6) as maturity_rate,
        judged.value_to_cost_target,
        judged.is_default_target,
        judged.verdict,
        labels.label_es as verdict_label_es,
        labels.label_en as verdict_label_en,
        judged.as_of_date,
        judged.gross_margin_rate,
        case
            when judged.contribution_margin_rate is not null
                then judged.kept_lower / judged.paid
        end::numeric(18, 6) as margin_ltv_roas_attributed_lower,
        case
            when judged.contribution_margin_rate is not null
                then judged.kept_upper / judged.paid
        end::numeric(18, 6) as margin_ltv_roas_attributed_upper,
        judged.payback,
        (judged.paid - judged.kept_rate * judged.value_12m)::numeric(18, 2)
            as unrecovered_spend,
        (judged.paid - judged.kept_upper)::numeric(18, 2)
            as unrecovered_spend_lower,
        (judged.paid - judged.kept_lower)::numeric(18, 2)
            as unrecovered_spend_upper,
        judged.contribution_margin_rate
    from judged
    left join channels
        on judged.channel_id = channels.channel_id
    left join labels
        on judged.verdict = labels.term
)

select * from labelled
