with due as (
    select * from {{ ref('account_cadences') }}
),

paying as (
    select * from {{ ref('paying_accounts') }}
),

years as (
    select * from {{ ref('account_cadence_years') }}
),

accounts as (
    select * from {{ ref('accounts') }}
),

cadences as (
    select * from {{ ref('cs_cadences') }}
),

joined as (
    select
        due.company_id,
        due.account_id,
        paying.account_name,
        paying.cs_manager,
        accounts.segment as account_segment,
        paying.mrr_amount,
        due.contact_kind,
        cadences.place,
        cadences.label_es as contact_label_es,
        cadences.label_en as contact_label_en,
        due.last_contact_date,
        due.due_date,
        due.overdue_days,
        years.window_count,
        years.kept_window_count,
        due.as_of_date
    from due
    inner join paying
        on
            due.company_id = paying.company_id
            and due.account_id = paying.account_id
    left join years
        on
            due.company_id = years.company_id
            and due.account_id = years.account_id
            and due.contact_kind = years.contact_kind
    left join accounts
        on
            due.company_id = accounts.company_id
            and due.account_id = accounts.account_id
    inner join cadences
        on due.contact_kind = cadences.contact_kind
)

select * from joined
