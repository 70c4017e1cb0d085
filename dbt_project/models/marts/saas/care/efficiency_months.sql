with activities as (
    select
        company_id,
        month_start_date,
        sum(activity_count) as activity_count
    from {{ ref('account_activity_months') }}
    where {{ is_in_scope() }}
    group by company_id, month_start_date
),

messages as (
    select
        company_id,
        month_start_date,
        sum(message_count) as message_count
    from {{ ref('message_months') }}
    where {{ is_in_scope() }}
    group by company_id, month_start_date
),

tickets as (
    select
        company_id,
        month_start_date,
        sum(ticket_count) as ticket_count
    from {{ ref('support_months') }}
    where {{ is_in_scope() }}
    group by company_id, month_start_date
),

accounts as (
    select
        company_id,
        month_start_date,
        end_account_count
    from {{ ref('saas_months') }}
    where {{ is_in_scope() }}
),

joined as (
    select
        accounts.company_id,
        accounts.month_start_date,
        accounts.end_account_count,
        messages.message_count::integer as message_count,
        activities.activity_count::integer as activity_count,
        tickets.ticket_count::integer as ticket_count,
        -- Of a month of which one of both is not told, nobody knows the share.
        messages.message_count::double precision
        / nullif(messages.message_count + activities.activity_count, 0)
            as automation_ratio,
        accounts.end_account_count::double precision
        / nullif(tickets.ticket_count, 0) as accounts_per_ticket
    from accounts
    left join messages
        on
            accounts.company_id = messages.company_id
            and accounts.month_start_date = messages.month_start_date
    left join activities
        on
            accounts.company_id = activities.company_id
            and accounts.month_start_date = activities.month_start_date
    left join tickets
        on
            accounts.company_id = tickets.company_id
            and accounts.month_start_date = tickets.month_start_date
)

select * from joined
