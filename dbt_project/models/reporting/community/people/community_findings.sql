with terms as (
    select * from {{ ref('sponsorship_terms') }}
),

clicks as (
    select
        comparisons.*,
        coalesce(channels.label_es, comparisons.channel) as channel_label_es,
        coalesce(channels.label_en, comparisons.channel) as channel_label_en
    from {{ ref('message_comparisons') }} as comparisons
    left join {{ ref('channels') }} as channels
        on comparisons.channel = channels.channel_id
),

campaigns as (
    select
        company_id,
        case
            when difference_ratio_lower > 0 then 'strong_message_campaign'
            else 'weak_message_campaign'
        end as rule_id,
        as_of_date,
        'message_comparisons' as source_view,
        channel || '/' || campaign_id as source_key,
        channel_label_es,
        channel_label_en,
        null::text as other_label_es,
        null::text as other_label_en,
        campaign_name,
        null::text as currency_code,
        'share' as estimate_unit,
        abs(difference_ratio) as estimate,
        least(
            abs(difference_ratio_lower), abs(difference_ratio_upper)
        ) as estimate_lower,
        greatest(
            abs(difference_ratio_lower), abs(difference_ratio_upper)
        ) as estimate_upper,
        delivered_count as sample_size,
        null::double precision as stake,
        null::double precision as stake_lower,
        null::double precision as stake_upper,
        others_click_ratio as earlier_rate,
        click_ratio as new_rate,
        null::text as second_unit,
        null::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from clicks
    where difference_ratio_lower > 0 or difference_ratio_upper < 0
),

sponsors as (
    select
        company_id,
        'sponsorship_ending' as rule_id,
        as_of_date,
        'sponsorship_terms' as source_view,
        sponsorship_id as source_key,
        sponsor_name as channel_label_es,
        sponsor_name as channel_label_en,
        null::text as other_label_es,
        null::text as other_label_en,
        null::text as campaign_name,
        currency_code,
        'count' as estimate_unit,
        days_left::double precision as estimate,
        days_left::double precision as estimate_lower,
        days_left::double precision as estimate_upper,
        active_person_count as sample_size,
        case
            when currency_code = company_currency_code
                then sponsorship_amount::double precision
        end as stake,
        null::double precision as stake_lower,
        null::double precision as stake_upper,
        null::double precision as earlier_rate,
        null::double precision as new_rate,
        'money' as second_unit,
        sponsorship_amount::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from terms
    where
        days_left between 0 and 60
        and not is_followed_by_another
        and active_person_count is not null
),

held as (
    select * from campaigns
    union all
    select * from sponsors
)

select * from held
