with users as (
    select
        company_id,
        registered_date,
        channel_id
    from {{ ref('users') }}
),

channels as (
    select * from {{ ref('channels') }}
),

counted as (
    select
        company_id,
        registered_date,
        channel_id,
        count(*)::integer as new_user_count
    from users
    group by company_id, registered_date, channel_id
),

labelled as (
    select
        counted.company_id,
        counted.registered_date as calendar_date,
        counted.channel_id,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        counted.new_user_count
    from counted
    left join channels
        on counted.channel_id = channels.channel_id
)

select * from labelled
