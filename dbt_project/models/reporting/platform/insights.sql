with found as (
    select * from {{ ref('channel_findings') }}
),

churn as (
    select * from {{ ref('one_time_buyer_churn') }}
    where
        customer_count >= 30
        and customer_count_before >= 30
        and value_lost is not null
),

-- What a discount sells at a loss is no success, where the margin is told.
audiences as (
    select * from {{ ref('audience_uplift') }}
    where result = 'gained' and coalesce(margin_gained > 0, true)
),

companies as (
    select * from {{ ref('companies') }}
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

margin_labels as (
    select * from {{ ref('margin_labels') }}
),

sentences as (
    select * from {{ ref('insight_templates') }}
),

sentences_of_margin as (
    select * from {{ ref('insight_margin_templates') }}
),

-- Who told a margin is told what is kept, not what is sold.
templates as (
    select
        companies.company_id,
        sentences.rule_id,
        sentences.kind,
        sentences.is_action,
        replace(
            coalesce(kept.template_es, sentences.template_es),
            '{margin}', coalesce(margin_labels.margin_es, '?')
        ) as template_es,
        replace(
            coalesce(kept.template_en, sentences.template_en),
            '{margin}', coalesce(margin_labels.margin_en, '?')
        ) as template_en
    from companies
    cross join sentences
    left join margins
        on companies.company_id = margins.company_id
    left join margin_labels
        on margins.costs_included = margin_labels.costs_included
    left join sentences_of_margin as kept
        on
            sentences.rule_id = kept.rule_id
            and margins.contribution_margin_rate is not null
),

rising_churn as (
    select
        company_id,
        'one_time_churn_up' as rule_id,
        as_of_date,
        'one_time_buyer_churn' as source_view,
        company_id as source_key,
        null::text as channel_label_es,
        null::text as channel_label_en,
        null::text as other_label_es,
        null::text as other_label_en,
        null::text as campaign_name,
        currency_code,
        'share' as estimate_unit,
        churn_rate_change as estimate,
        churn_rate_change_lower as estimate_lower,
        churn_rate_change_upper as estimate_upper,
        customer_count as sample_size,
        value_lost::double precision as stake,
        value_lost_lower::double precision as stake_lower,
        value_lost_upper::double precision as stake_upper,
        churn_rate_before as earlier_rate,
        churn_rate as new_rate,
        null::text as second_unit,
        null::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from churn
    where churn_rate_change_lower > 0
),

-- Who was kept back by lot tells what would have come anyway.
proven_audiences as (
    select
        company_id,
        case
            when customers_gained_lower > 0 then 'audience_gained'
            else 'audience_spent_more'
        end as rule_id,
        counted_to as as_of_date,
        'audience_uplift' as source_view,
        audience_id::text as source_key,
        name as channel_label_es,
        name as channel_label_en,
        null::text as other_label_es,
        null::text as other_label_en,
        null::text as campaign_name,
        currency_code,
        'money' as estimate_unit,
        revenue_gained::double precision as estimate,
        revenue_gained_lower::double precision as estimate_lower,
        revenue_gained_upper::double precision as estimate_upper,
        contacted_count as sample_size,
        revenue_gained::double precision as stake,
        revenue_gained_lower::double precision as stake_lower,
        revenue_gained_upper::double precision as stake_upper,
        null::double precision as earlier_rate,
        null::double precision as new_rate,
        'count' as second_unit,
        customers_gained as second_estimate,
        customers_gained_lower as second_lower,
        customers_gained_upper as second_upper
    from audiences
),

held as (
    select * from found
    union all
    select * from rising_churn
    union all
    select * from proven_audiences
    union all
    select * from {{ ref('community_findings') }}
    union all
    select * from {{ ref('webinar_findings') }}
),

written as (
    select
        *,
        {{ written_measure('estimate', 'estimate_unit') }} as estimate_text,
        {{ written_measure('estimate_lower', 'estimate_unit') }} as lower_text,
        {{ written_measure('estimate_upper', 'estimate_unit') }} as upper_text,
        {{ written_measure('second_estimate', 'second_unit') }} as second_text,
        {{ written_measure('second_lower', 'second_unit') }}
            as second_lower_text,
        {{ written_measure('second_upper', 'second_unit') }}
            as second_upper_text,
        {{ written_number('sample_size') }} as count_text,
        {{ written_measure('stake', "'money'") }} as money_text,
        {{ written_measure('stake_lower', "'money'") }} as money_lower_text,
        {{ written_measure('stake_upper', "'money'") }} as money_upper_text,
        {{ written_measure('earlier_rate', "'share'") }} as earlier_text,
        {{ written_measure('new_rate', "'share'") }} as new_text
    from held
),

told as (
    select
        written.company_id,
        templates.kind,
        written.rule_id,
        md5(
            concat_ws(
                '|',
                written.rule_id,
                written.company_id,
                written.as_of_date,
                written.source_view,
                written.source_key
            )
        ) as trace_id,
        written.as_of_date,
        written.source_view,
        written.source_key,
        templates.is_action,
        written.estimate_unit,
        written.estimate,
        written.estimate_lower,
        written.estimate_upper,
        written.sample_size::integer as sample_size,
        written.stake,
        written.earlier_rate,
        written.new_rate,
        written.currency_code,
        row_number() over (
            partition by written.company_id, templates.kind
            order by
                templates.is_action desc,
                written.stake desc nulls last,
                -- Of one plan, the channel whose customers are worth most.
                written.rule_id desc,
                written.estimate desc,
                written.source_key asc
        )::integer as kind_rank,
        {{ insight_sentence('es') }} as sentence_es,
        {{ insight_sentence('en') }} as sentence_en,
        written.stake_lower,
        written.stake_upper,
        written.second_unit,
        written.second_estimate,
        written.second_lower,
        written.second_upper
    from written
    inner join templates
        on
            written.company_id = templates.company_id
            and written.rule_id = templates.rule_id
)

select * from told
