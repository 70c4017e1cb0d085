with customer_values as (
    select * from {{ ref('channel_customer_values') }}
    where is_paid and customer_count >= 30 and others_customer_count >= 30
),

efficiency as (
    select * from {{ ref('channel_efficiency') }}
    where new_customer_count >= 30
),

signals as (
    select * from {{ ref('channel_signals') }}
    where outcome_unit = 'revenue'
),

curves as (
    select * from {{ ref('marketing_curves') }}
    where outcome_unit = 'revenue'
),

shifts as (
    select * from {{ source('predictions', 'budget_scenarios') }}
    where outcome_unit = 'revenue' and scenario = 'recommended'
),

mixes as (
    select * from {{ source('predictions', 'media_mix_fits') }}
),

churn as (
    select * from {{ ref('one_time_buyer_churn') }}
    where customer_count >= 30 and customer_count_before >= 30
),

buyers as (
    select * from {{ ref('customer_values') }}
),

audiences as (
    select * from {{ ref('audience_uplift') }}
    where result = 'gained'
),

companies as (
    select * from {{ ref('companies') }}
),

templates as (
    select * from {{ ref('insight_templates') }}
),

-- Nobody has spent that much on any day: what it would bring is a guess.
unseen as (
    select
        signals.company_id,
        count(*) as channel_count
    from signals
    inner join curves
        on
            signals.company_id = curves.company_id
            and signals.channel_id = curves.channel_id
    where signals.recommended_spend > 30 * curves.largest_spend
    group by signals.company_id
),

planned as (
    select
        shifts.*,
        mixes.day_count,
        shifts.gain_lower > 0 and unseen.channel_count is null as is_proven
    from shifts
    inner join mixes
        on
            shifts.company_id = mixes.company_id
            and shifts.fit_id = mixes.fit_id
    left join unseen
        on shifts.company_id = unseen.company_id
),

better_channels as (
    select
        customer_values.company_id,
        case
            when
                coalesce(planned.is_proven, false)
                and signals.traffic_light = 'green'
                and signals.recommended_change > 0
                then 'raise_better_channel'
            else 'watch_better_channel'
        end as rule_id,
        customer_values.as_of_date,
        'channel_customer_values' as source_view,
        customer_values.channel_id as source_key,
        customer_values.channel_label_es,
        customer_values.channel_label_en,
        customer_values.currency_code,
        'share' as estimate_unit,
        customer_values.difference_rate::double precision as estimate,
        customer_values.difference_rate_lower::double precision
            as estimate_lower,
        customer_values.difference_rate_upper::double precision
            as estimate_upper,
        customer_values.customer_count as sample_size,
        planned.gain as stake,
        null::double precision as earlier_rate,
        signals.recommended_change::double precision as new_rate
    from customer_values
    left join signals
        on
            customer_values.company_id = signals.company_id
            and customer_values.channel_id = signals.channel_id
    left join planned
        on customer_values.company_id = planned.company_id
    where customer_values.difference_rate_lower > 0
),

budgets as (
    select
        company_id,
        case
            when is_proven then 'move_budget'
            when gain_lower = 0 and gain_upper = 0 then 'keep_split'
            else 'keep_budget'
        end as rule_id,
        as_of_date,
        'budget_scenarios' as source_view,
        scenario as source_key,
        null::text as channel_label_es,
        null::text as channel_label_en,
        currency_code,
        'money' as estimate_unit,
        gain as estimate,
        gain_lower as estimate_lower,
        gain_upper as estimate_upper,
        day_count as sample_size,
        gain as stake,
        null::double precision as earlier_rate,
        null::double precision as new_rate
    from planned
),

losing_channels as (
    select
        company_id,
        'losing_channel' as rule_id,
        as_of_date,
        'channel_efficiency' as source_view,
        channel_id as source_key,
        channel_label_es,
        channel_label_en,
        currency_code,
        'ratio' as estimate_unit,
        ltv_roas_attributed::double precision as estimate,
        ltv_roas_attributed_lower::double precision as estimate_lower,
        ltv_roas_attributed_upper::double precision as estimate_upper,
        new_customer_count as sample_size,
        (spend * (1 - ltv_roas_attributed))::double precision as stake,
        null::double precision as earlier_rate,
        null::double precision as new_rate
    from efficiency
    where ltv_roas_attributed_upper < 1
),

-- What one who bought once is worth as long as they stay.
worth as (
    select
        company_id,
        avg(coalesce(value_if_active_12m, predicted_value_12m))
            as mean_value
    from buyers
    where frequency = 0
    group by company_id
),

rising_churn as (
    select
        churn.company_id,
        'one_time_churn_up' as rule_id,
        churn.as_of_date,
        'one_time_buyer_churn' as source_view,
        churn.company_id as source_key,
        null::text as channel_label_es,
        null::text as channel_label_en,
        companies.currency_code,
        'share' as estimate_unit,
        churn.churn_rate_change as estimate,
        churn.churn_rate_change_lower as estimate_lower,
        churn.churn_rate_change_upper as estimate_upper,
        churn.customer_count as sample_size,
        churn.churn_rate_change * churn.customer_count
        * coalesce(worth.mean_value, 0)::double precision as stake,
        churn.churn_rate_before as earlier_rate,
        churn.churn_rate as new_rate
    from churn
    inner join companies
        on churn.company_id = companies.company_id
    left join worth
        on churn.company_id = worth.company_id
    where churn.churn_rate_change_lower > 0
),

-- Who was kept back by lot tells what would have come anyway.
proven_audiences as (
    select
        company_id,
        'audience_gained' as rule_id,
        counted_to as as_of_date,
        'audience_uplift' as source_view,
        audience_id::text as source_key,
        name as channel_label_es,
        name as channel_label_en,
        currency_code,
        'money' as estimate_unit,
        revenue_gained::double precision as estimate,
        revenue_gained_lower::double precision as estimate_lower,
        revenue_gained_upper::double precision as estimate_upper,
        contacted_count as sample_size,
        revenue_gained::double precision as stake,
        null::double precision as earlier_rate,
        null::double precision as new_rate
    from audiences
),

held as (
    select * from better_channels
    union all
    select * from budgets
    union all
    select * from losing_channels
    union all
    select * from rising_churn
    union all
    select * from proven_audiences
),

written as (
    select
        *,
        case estimate_unit
            when 'share' then {{ written_number('100 * estimate', 1) }}
            when 'ratio' then {{ written_number('estimate', 2) }}
            else {{ written_number('estimate') }} || ' ' || currency_code
        end as estimate_text,
        case estimate_unit
            when 'share' then {{ written_number('100 * estimate_lower', 1) }}
            when 'ratio' then {{ written_number('estimate_lower', 2) }}
            else {{ written_number('estimate_lower') }} || ' ' || currency_code
        end as lower_text,
        case estimate_unit
            when 'share' then {{ written_number('100 * estimate_upper', 1) }}
            when 'ratio' then {{ written_number('estimate_upper', 2) }}
            else {{ written_number('estimate_upper') }} || ' ' || currency_code
        end as upper_text,
        {{ written_number('sample_size') }} as count_text,
        {{ written_number('stake') }} || ' ' || currency_code as money_text,
        {{ written_number('100 * earlier_rate', 1) }} as earlier_text,
        {{ written_number('100 * new_rate', 1) }} as new_text
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
        {{ insight_sentence('en') }} as sentence_en
    from written
    inner join templates
        on written.rule_id = templates.rule_id
)

select * from told
