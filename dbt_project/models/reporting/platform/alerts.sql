with alerts as (
    select
        company_id,
        alert_id,
        severity,
        title_es,
        title_en,
        advice_es,
        advice_en,
        link,
        asset_link,
        since,
        opened_at,
        noticed_at,
        escalated_at,
        acknowledged_at,
        acknowledged_by,
        resolved_at
    from {{ source('ops', 'alerts') }}
    where resolved_at is null or resolved_at > now() - interval '30 days'
),

labels as (
    select * from {{ ref('alert_labels') }}
),

stated as (
    select
        *,
        case
            when resolved_at is not null then 'over'
            when acknowledged_at is not null then 'acknowledged'
            else 'open'
        end as state
    from alerts
),

labelled as (
    select
        stated.company_id,
        stated.alert_id,
        stated.severity,
        severities.rank as severity_rank,
        severities.label_es as severity_label_es,
        severities.label_en as severity_label_en,
        stated.state,
        states.rank as state_rank,
        states.light,
        states.label_es as state_label_es,
        states.label_en as state_label_en,
        stated.title_es,
        stated.title_en,
        stated.advice_es,
        stated.advice_en,
        stated.since,
        stated.opened_at,
        stated.noticed_at,
        stated.escalated_at,
        stated.acknowledged_at,
        stated.acknowledged_by,
        stated.resolved_at,
        stated.link,
        stated.asset_link
    from stated
    left join labels as severities
        on stated.severity = severities.word
    left join labels as states
        on stated.state = states.word
)

select * from labelled
