with contacts as (
    select * from {{ ref('account_contacts') }}
),

movements as (
    select * from {{ ref('mrr_movements') }}
),

companies as (
    select * from {{ ref('companies') }}
),

contact_labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'contact'
),

movement_labels as (
    select * from {{ ref('mrr_movement_labels') }}
),

told as (
    select
        contacts.company_id,
        contacts.account_id,
        contacts.contact_kind as event_kind,
        contacts.contact_id as event_id,
        contacts.contact_date as event_date,
        labels.label_es as event_label_es,
        labels.label_en as event_label_en,
        contacts.score,
        null::numeric as mrr_change
    from contacts
    inner join contact_labels as labels
        on contacts.contact_kind = labels.word
    union all
    select
        movements.company_id,
        movements.account_id,
        movements.movement as event_kind,
        movements.movement_date::text as event_id,
        movements.movement_date as event_date,
        'MRR: ' || labels.label_es as event_label_es,
        'MRR: ' || labels.label_en as event_label_en,
        null as score,
        movements.mrr_change
    from movements
    inner join movement_labels as labels
        on movements.movement = labels.movement
),

dated as (
    select
        told.company_id,
        told.account_id,
        told.event_kind,
        told.event_id,
        told.event_date,
        told.event_label_es,
        told.event_label_en,
        told.score,
        told.mrr_change,
        companies.currency_code
    from told
    inner join companies
        on told.company_id = companies.company_id
)

select * from dated
