with
{{ newest_tickets() }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

targets as (
    select * from {{ ref('int_ticket_reply_targets') }}
    where {{ is_in_scope() }}
),

-- Whoever names no tier has the first one, which all customers have.
timed as (
    select
        tickets.company_id,
        date_trunc(
            'month', tickets.created_at at time zone companies.time_zone
        )::date as month_start_date,
        companies.as_of_date,
        case tickets.support_tier when 2 then 2 when 3 then 3 else 1 end
            as support_tier,
        targets.target_minutes as policy_minutes,
        targets.is_business as is_policy_business,
        tickets.first_reply_business_minutes as business_minutes,
        count(tickets.first_reply_business_minutes) over (
            partition by tickets.company_id
        ) as business_count,
        extract(epoch from tickets.first_replied_at - tickets.created_at) / 60
            as calendar_minutes,
        extract(epoch from (
            (companies.as_of_date + 1)::timestamp
            at time zone companies.time_zone - tickets.created_at
        )) / 60 as age_minutes,
        tickets.solved_at <= tickets.created_at + interval '7 days'
            as is_solved_soon
    from tickets
    inner join companies
        on tickets.company_id = companies.company_id
    left join targets
        on
            tickets.company_id = targets.company_id
            and tickets.ticket_id = targets.ticket_id
    where tickets.status <> 'deleted'
),

{{ judged_replies() }},

summed as (
    select
        company_id,
        month_start_date,
        support_tier::integer as support_tier,
        -- Of tickets with several none is that of all.
        case
            when min(target_minutes) = max(target_minutes)
                then max(target_minutes)::integer
        end as target_minutes,
        count(policy_minutes)::integer as desk_target_count,
        count(*)::integer as ticket_count,
        count(*) filter (where verdict = 'met')::integer as met_count,
        count(*) filter (where verdict <> 'undecided')::integer
            as decided_count,
        count(*) filter (where is_business)::integer as business_clock_count,
        percentile_cont(0.5) within group (order by waited_minutes)
            as median_reply_minutes,
        percentile_cont(0.9) within group (order by waited_minutes)
            as p90_reply_minutes,
        count(*) filter (where age_minutes >= 10080)::integer as aged_count,
        count(*) filter (where age_minutes >= 10080 and is_solved_soon)::integer
            as solved_within_7d_count
    from judged
    group by company_id, month_start_date, support_tier
)

select * from summed
