with due as (
    select * from {{ ref('int_sla_policies') }}
),

policies as (
    select distinct
        company_id,
        policy_id,
        position, -- noqa: RF04
        conditions
    from due
),

conditions as (
    select
        policies.company_id,
        policies.policy_id,
        lists.which,
        told.condition ->> 'field' as field,
        told.condition ->> 'operator' as relation,
        told.condition ->> 'value' as asked
    from policies
    cross join lateral unnest(array['all', 'any']) as lists (which)
    cross join
        lateral jsonb_array_elements(
            policies.conditions -> lists.which
        ) as told (condition)
),

-- 1 where it holds, 0 where not; 0.5 of what is not known of a ticket here.
answered as (
    select
        tickets.company_id,
        tickets.ticket_id,
        conditions.policy_id,
        conditions.which,
        {{ holds_of_ticket() }} as score
    from {{ ref('stg_zendesk__tickets') }} as tickets
    inner join conditions
        on tickets.company_id = conditions.company_id
),

fitted as (
    select
        company_id,
        ticket_id,
        policy_id,
        least(
            coalesce(min(score) filter (where which = 'all'), 1),
            coalesce(max(score) filter (where which = 'any'), 1)
        ) as score
    from answered
    group by company_id, ticket_id, policy_id
),

placed as (
    select
        tickets.company_id,
        tickets.ticket_id,
        tickets.priority,
        policies.policy_id,
        coalesce(fitted.score, 1) as score,
        row_number() over (
            partition by tickets.company_id, tickets.ticket_id
            order by policies.position, policies.policy_id
        ) as place
    from {{ ref('stg_zendesk__tickets') }} as tickets
    inner join policies
        on tickets.company_id = policies.company_id
    left join fitted
        on
            tickets.company_id = fitted.company_id
            and tickets.ticket_id = fitted.ticket_id
            and policies.policy_id = fitted.policy_id
    where coalesce(fitted.score, 1) > 0
),

-- Of a ticket whose first policy may be another nothing is told.
targets as (
    select
        placed.company_id,
        placed.ticket_id,
        due.target_minutes,
        due.is_business
    from placed
    inner join due
        on
            placed.company_id = due.company_id
            and placed.policy_id = due.policy_id
            and placed.priority = due.priority
    where
        placed.place = 1
        and placed.score = 1
        and due.metric = 'first_reply_time'
        and due.target_minutes is not null
)

select * from targets
