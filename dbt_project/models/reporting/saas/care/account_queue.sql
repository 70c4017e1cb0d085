with entries as (
    select * from {{ source('predictions', 'account_queue') }}
),

standing as (
    select * from {{ source('predictions', 'account_health') }}
),

inputs as (
    select * from {{ ref('account_health_inputs') }}
),

accounts as (
    select * from {{ ref('accounts') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

told as (
    select
        entries.company_id,
        entries.account_id,
        entries.opened_on,
        coalesce(accounts.account_name, entries.account_id) as account_name,
        entries.owner,
        entries.is_owner_drawn,
        entries.is_watched,
        inputs.mrr_amount,
        triggers.place as trigger_place,
        triggers.label_es as trigger_label_es,
        triggers.label_en as trigger_label_en,
        firsts.label_es as first_move_es,
        firsts.label_en as first_move_en,
        entries.step_count as sequence_step_count,
        steps.label_es as sequence_step_es,
        steps.label_en as sequence_step_en,
        entries.due_on,
        entries.is_late,
        entries.last_contact_on,
        entries.closed_on,
        closed.place as closed_place,
        closed.label_es as closed_label_es,
        closed.label_en as closed_label_en,
        standing.risk_place,
        entries.as_of_date
    from entries
    inner join labels as triggers
        on
            entries.opened_trigger = triggers.word
            and triggers.kind = 'trigger'
    inner join labels as closed
        on
            coalesce(entries.closed_because, 'open') = closed.word
            and closed.kind = 'closed'
    left join labels as steps
        on
            coalesce(entries.next_step, 'done') = steps.word
            and steps.kind = 'sequence'
            and entries.closed_on is null
            and not entries.is_watched
    left join accounts
        on
            entries.company_id = accounts.company_id
            and entries.account_id = accounts.account_id
    left join standing
        on
            entries.company_id = standing.company_id
            and entries.account_id = standing.account_id
    left join labels as firsts
        on
            standing.next_step = firsts.word
            and firsts.kind = 'step'
    left join inputs
        on
            standing.company_id = inputs.company_id
            and standing.account_id = inputs.account_id
            and standing.as_of_date = inputs.scored_on
)

select * from told
