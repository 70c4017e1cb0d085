with due as (
    select * from {{ ref('account_cadences') }}
),

paying as (
    select * from {{ ref('paying_accounts') }}
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
        paying.mrr_amount,
        due.contact_kind,
        cadences.place,
        cadences.label_es as contact_label_es,
        cadences.label_en as contact_label_en,
        due.last_contact_date,
        due.due_date,
        due.overdue_days,
        due.as_of_date
    from due
    inner join paying
        on
            due.company_id = paying.company_id
            and due.account_id = paying.account_id
    inner join cadences
        on due.contact_kind = cadences.contact_kind
)

select * from joined
