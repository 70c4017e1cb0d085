with ends as (
    select * from {{ ref('webinar_cohort_ends') }}
),

found as (
    select
        company_id,
        case measure
            when 'retention' then 'webinar_cohort_retained'
            else 'webinar_cohort_converted'
        end as rule_id,
        as_of_date,
        'webinar_cohort_ends' as source_view,
        measure as source_key,
        to_char(last_cohort_month, 'YYYY-MM') as channel_label_es,
        to_char(last_cohort_month, 'YYYY-MM') as channel_label_en,
        to_char(first_cohort_month, 'YYYY-MM') as other_label_es,
        to_char(first_cohort_month, 'YYYY-MM') as other_label_en,
        null::text as campaign_name,
        null::text as currency_code,
        'share' as estimate_unit,
        change_ratio as estimate,
        change_lower as estimate_lower,
        change_upper as estimate_upper,
        last_member_count as sample_size,
        null::double precision as stake,
        null::double precision as stake_lower,
        null::double precision as stake_upper,
        first_ratio as earlier_rate,
        last_ratio as new_rate,
        'count' as second_unit,
        month_count::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from ends
    where change_lower > 0
)

select * from found
