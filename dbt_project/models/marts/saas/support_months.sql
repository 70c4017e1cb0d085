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
    where tickets.status <> 'deleted'
),

-- What came after the day that is asked about was not known then.
clocked as (
    select
        *,
        case support_tier when 1 then 120 when 2 then 60 else 30 end
            as target_minutes,
        business_minutes is not null and support_tier < 3 as is_business,
        case
            when calendar_minutes > age_minutes then null
            when support_tier < 3
                then coalesce(business_minutes, calendar_minutes)
            else calendar_minutes
        end as waited_minutes
    from timed
    where
        age_minutes > 0
        and month_start_date < date_trunc('month', as_of_date + 1)
),

-- Without an answer nobody tells the business clock: four days hold some of it.
judged as (
    select
        *,
        case
            when waited_minutes <= target_minutes then 'met'
            when
                waited_minutes is not null
                or age_minutes > target_minutes + case
                    when business_count > 0 and support_tier < 3 then 5760
                    else 0
                end
                then 'missed'
            else 'undecided'
        end as verdict
    from clocked
),

summed as (
    select
        company_id,
        month_start_date,
        support_tier::integer as support_tier,
        target_minutes,
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
    group by company_id, month_start_date, support_tier, target_minutes
)

select * from summed
