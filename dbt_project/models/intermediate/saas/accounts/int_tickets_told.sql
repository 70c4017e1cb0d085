with zendesk as (
    select
        tickets.company_id,
        'zendesk' as desk,
        tickets.ticket_id as desk_ticket_id,
        organizations.own_account_id,
        coalesce(organizations.email_domain, requesters.email_domain)
            as email_domain,
        case when tickets.is_merged then 'deleted' else tickets.status end
            as status,
        tickets.support_tier,
        tickets.first_reply_business_minutes,
        tickets.created_at,
        tickets.first_replied_at,
        tickets.solved_at
    from {{ ref('stg_zendesk__tickets') }} as tickets
    left join {{ ref('stg_zendesk__requesters') }} as requesters
        on
            tickets.company_id = requesters.company_id
            and tickets.requester_id = requesters.requester_id
    left join {{ ref('stg_zendesk__organizations') }} as organizations
        on
            tickets.company_id = organizations.company_id
            and organizations.organization_id
            = coalesce(tickets.organization_id, requesters.organization_id)
),

intercom as (
    select
        conversations.company_id,
        'intercom' as desk,
        conversations.conversation_id as desk_ticket_id,
        companies.own_account_id,
        contacts.email_domain,
        case
            when
                conversations.is_left_to_machine
                or conversations.created_at is null
                then 'deleted'
            else conversations.status
        end as status,
        conversations.support_tier,
        conversations.first_reply_business_minutes,
        conversations.created_at,
        conversations.first_replied_at,
        conversations.solved_at
    from {{ ref('stg_intercom__conversations') }} as conversations
    left join {{ ref('stg_intercom__contacts') }} as contacts
        on
            conversations.company_id = contacts.company_id
            and conversations.contact_id = contacts.contact_id
    left join {{ ref('stg_intercom__companies') }} as companies
        on
            contacts.company_id = companies.company_id
            and contacts.intercom_company_id = companies.intercom_company_id
),

unioned as (
    select * from zendesk
    union all
    select * from intercom
),

-- Two desks may give one number.
told as (
    select
        unioned.company_id,
        case
            when row_number() over (
                partition by unioned.company_id, unioned.desk_ticket_id
                order by unioned.desk desc
            ) = 1 then unioned.desk_ticket_id
            else unioned.desk || '/' || unioned.desk_ticket_id
        end as ticket_id,
        unioned.desk,
        unioned.desk_ticket_id,
        coalesce(ids.account_id, domains.account_id) as account_id,
        unioned.status,
        unioned.support_tier,
        unioned.first_reply_business_minutes,
        unioned.created_at,
        unioned.first_replied_at,
        unioned.solved_at,
        null::timestamptz as escalated_at
    from unioned
    {{ desk_accounts('unioned') }}
)

select * from told
