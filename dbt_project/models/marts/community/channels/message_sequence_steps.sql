with steps as (
    select * from {{ ref('int_message_sequence_steps') }}
    where {{ is_in_scope() }}
),

recipients as (
    select * from {{ ref('int_message_recipients') }}
    where {{ is_in_scope() }}
),

-- Of whom no file of contacts knows, two messages are to two people: nobody of
-- them has had the first as well.
waited as (
    select
        steps.company_id,
        steps.channel,
        steps.campaign_id,
        count(*)::integer as from_first_count,
        percentile_cont(0.5) within group (
            order by got.first_date - began.first_date
        ) as days_after_first
    from steps
    inner join steps as firsts
        on
            steps.company_id = firsts.company_id
            and steps.sequence_name = firsts.sequence_name
            and steps.channel = firsts.channel
            and firsts.step_number = 1
    inner join recipients as got
        on
            steps.company_id = got.company_id
            and steps.campaign_id = got.campaign_id
            and steps.channel = got.channel
    inner join recipients as began
        on
            firsts.company_id = began.company_id
            and firsts.campaign_id = began.campaign_id
            and firsts.channel = began.channel
            and got.recipient_id = began.recipient_id
    group by steps.company_id, steps.channel, steps.campaign_id
),

joined as (
    select
        steps.company_id,
        steps.sequence_name,
        steps.channel,
        steps.campaign_id,
        steps.step_number::integer as step_number,
        steps.is_numbered,
        steps.sent_count,
        coalesce(waited.from_first_count, 0) as from_first_count,
        waited.days_after_first
    from steps
    left join waited
        on
            steps.company_id = waited.company_id
            and steps.campaign_id = waited.campaign_id
            and steps.channel = waited.channel
)

select * from joined
