select
    sponsorships.company_id,
    sponsorships.sponsorship_id,
    sponsorships.sponsor_name,
    sponsorships.amount::numeric(18, 2) as sponsorship_amount,
    sponsorships.currency_code,
    sponsorships.company_currency_code,
    sponsorships.starts_on,
    sponsorships.ends_on,
    sponsorships.days_left,
    sponsorships.is_followed_by_another,
    months.active_person_count,
    sponsorships.as_of_date
from {{ ref('sponsorships') }} as sponsorships
left join {{ ref('community_months') }} as months
    on
        sponsorships.company_id = months.company_id
        and months.is_complete
        and months.month_start_date
        = (
            date_trunc('month', sponsorships.as_of_date + 1)
            - interval '1 month'
        )::date
