with outcomes as (
    select * from {{ ref('webinar_channel_outcomes') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

channels as (
    select * from {{ ref('channels') }}
),

joined as (
    select
        outcomes.company_id,
        outcomes.channel_id,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        companies.currency_code,
        {{ webinar_figures('outcomes') }}
    from outcomes
    inner join companies
        on outcomes.company_id = companies.company_id
    left join channels
        on outcomes.channel_id = channels.channel_id
)

select * from joined
