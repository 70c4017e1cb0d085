with shown as (
    select * from {{ source('ops', 'shown_insights') }}
),

answers as (
    select * from {{ source('ops', 'insight_answers') }}
),

shifts as (
    select * from {{ source('ops', 'shown_insight_shifts') }}
),

outcomes as (
    select * from {{ source('predictions', 'advice_outcomes') }}
),

channel_days as (
    select * from {{ ref('channel_days') }}
),

companies as (
    select * from {{ ref('companies') }}
),

labels as (
    select * from {{ ref('recommendation_state_labels') }}
),

-- How far the numbers reach: a day that is not over is not counted.
reached as (
    select
        company_id,
        max(as_of_date) as as_of_date
    from {{ source('ops', 'runs') }}
    where status = 'succeeded'
    group by company_id
),

priced as (
    select
        company_id,
        max(calendar_date) as last_spend_date
    from channel_days
    where spend is not null
    group by company_id
),

-- What is told on many days is one recommendation, of 28 days at most.
spaced as (
    select
        shown.*,
        answers.answer,
        answers.note,
        answers.answered_at,
        coalesce(
            shown.as_of_date - lag(shown.as_of_date) over (
                partition by shown.company_id, shown.rule_id, shown.source_key
                order by shown.as_of_date
            ) > 28,
            true
        ) as is_new
    from shown
    left join answers
        on
            shown.company_id = answers.company_id
            and shown.trace_id = answers.trace_id
),

grouped as (
    select
        *,
        count(*) filter (where is_new) over (
            partition by company_id, rule_id, source_key
            order by as_of_date
        ) as episode
    from spaced
),

dated as (
    select
        *,
        (
            as_of_date - min(as_of_date) over (
                partition by company_id, rule_id, source_key, episode
            )
        ) / 28 as episode_part
    from grouped
),

numbered as (
    select
        *,
        row_number() over (
            partition by company_id, rule_id, source_key, episode, episode_part
            order by as_of_date
        ) as showing,
        count(*) over (
            partition by company_id, rule_id, source_key, episode, episode_part
        )::integer as shown_day_count,
        max(as_of_date) over (
            partition by company_id, rule_id, source_key, episode, episode_part
        ) as last_as_of_date,
        max(last_shown_at) over (
            partition by company_id, rule_id, source_key, episode, episode_part
        ) as last_shown,
        -- People answer one of its days; what they said last counts.
        first_value(answer) over (
            partition by company_id, rule_id, source_key, episode, episode_part
            order by answered_at desc nulls last
        ) as last_answer,
        first_value(note) over (
            partition by company_id, rule_id, source_key, episode, episode_part
            order by answered_at desc nulls last
        ) as last_note,
        max(answered_at) over (
            partition by company_id, rule_id, source_key, episode, episode_part
        ) as last_answered_at
    from dated
),

-- The promise is that of the first showing.
told as (
    select
        *,
        as_of_date + 28 as due_date
    from numbered
    where showing = 1
),

-- Two rules may advise one plan; they share its promise and its shifts.
plans as (
    select
        told.company_id,
        told.trace_id,
        md5(
            concat_ws(
                '|',
                told.promised,
                told.promised_lower,
                told.promised_upper,
                string_agg(
                    concat_ws(
                        ':',
                        shifts.channel_id,
                        shifts.current_spend,
                        shifts.advised_spend
                    ),
                    '|' order by shifts.channel_id
                )
            )
        ) as plan_id
    from told
    inner join shifts
        on
            told.company_id = shifts.company_id
            and told.trace_id = shifts.trace_id
    where told.promised is not null
    group by
        told.company_id,
        told.trace_id,
        told.promised,
        told.promised_lower,
        told.promised_upper
),

audiences as (
    select
        told.company_id,
        told.trace_id,
        count(*)::integer as audience_count
    from told
    inner join companies
        on told.company_id = companies.company_id
    inner join {{ source('ops', 'audiences') }} as audiences
        on
            told.company_id = audiences.company_id
            and (audiences.built_at at time zone companies.time_zone)::date
            between told.as_of_date + 1 and told.due_date
    group by told.company_id, told.trace_id
),

scenarios as (
    select
        told.company_id,
        told.trace_id,
        count(*)::integer as scenario_count
    from told
    inner join companies
        on told.company_id = companies.company_id
    inner join {{ source('ops', 'action_requests') }} as requests
        on
            told.company_id = requests.company_id
            and requests.kind = 'scenario'
            and requests.state = 'done'
            -- The examples are the platform's own.
            and requests.requested_by <> 'timonel'
            and (requests.requested_at at time zone companies.time_zone)::date
            between told.as_of_date + 1 and told.due_date
    group by told.company_id, told.trace_id
),

judged as (
    select
        told.*,
        plans.plan_id,
        outcomes.followed_share,
        outcomes.outcome,
        outcomes.outcome_lower,
        outcomes.outcome_upper,
        coalesce(audiences.audience_count, 0) as audience_count,
        coalesce(scenarios.scenario_count, 0) as scenario_count,
        case
            when not told.is_action or told.kind = 'success'
                then 'nothing_to_do'
            when
                told.source_view in ('message_comparisons', 'sponsorship_terms')
                then 'only_told'
            when
                told.rule_id = 'one_time_churn_up'
                and audiences.audience_count > 0
                then 'followed'
            when coalesce(reached.as_of_date < told.due_date, true)
                then 'not_due'
            when told.rule_id = 'one_time_churn_up' then 'not_followed'
            when
                outcomes.followed_share is null
                or priced.last_spend_date is null
                or priced.last_spend_date < told.due_date - 7
                then 'not_known'
            when outcomes.followed_share >= 0.5 then 'followed'
            else 'not_followed'
        end as state
    from told
    left join reached
        on told.company_id = reached.company_id
    left join priced
        on told.company_id = priced.company_id
    left join plans
        on
            told.company_id = plans.company_id
            and told.trace_id = plans.trace_id
    left join outcomes
        on
            told.company_id = outcomes.company_id
            and told.trace_id = outcomes.trace_id
    left join audiences
        on
            told.company_id = audiences.company_id
            and told.trace_id = audiences.trace_id
    left join scenarios
        on
            told.company_id = scenarios.company_id
            and told.trace_id = scenarios.trace_id
),

labelled as (
    select
        judged.company_id,
        judged.trace_id,
        judged.kind,
        judged.rule_id,
        judged.source_key,
        judged.is_action,
        judged.kind_rank = 1 as is_on_first_page,
        judged.as_of_date,
        judged.last_as_of_date,
        judged.shown_day_count,
        judged.first_shown_at,
        judged.last_shown as last_shown_at,
        judged.due_date,
        judged.sentence_es,
        judged.sentence_en,
        judged.promised,
        judged.promised_lower,
        judged.promised_upper,
        judged.plan_id,
        judged.state,
        labels.label_es as state_label_es,
        labels.label_en as state_label_en,
        case
            when judged.state in ('followed', 'not_followed')
                then judged.followed_share
        end as followed_share,
        judged.audience_count,
        judged.scenario_count,
        case when judged.state = 'followed' then judged.outcome end as outcome,
        case when judged.state = 'followed' then judged.outcome_lower end
            as outcome_lower,
        case when judged.state = 'followed' then judged.outcome_upper end
            as outcome_upper,
        case
            when judged.state = 'followed'
                then
                    judged.outcome
                    between judged.promised_lower and judged.promised_upper
        end as is_outcome_inside,
        judged.currency_code,
        coalesce(judged.last_answer, 'open') as answer,
        judged.last_note as answer_note,
        judged.last_answered_at as answered_at,
        case
            when judged.last_answer = 'followed' then true
            when judged.last_answer = 'dismissed' then false
            when judged.state = 'followed' then true
            when judged.state = 'not_followed' then false
        end as acted_on
    from judged
    left join labels
        on judged.state = labels.state
)

select * from labelled
