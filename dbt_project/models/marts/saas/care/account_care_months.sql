with companies as (
    select
        company_id,
        date_trunc('month', {{ as_of_date() }} + 1)::date as open_month
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

weeks as (
    select
        *,
        date_trunc('month', scored_on)::date as month_start_date,
        (date_trunc('month', scored_on) + interval '1 month')::date
            as next_month
    from {{ ref('account_adoption_weeks') }}
    where {{ is_in_scope() }}
),

answers as (
    select * from {{ ref('survey_months') }}
    where {{ is_in_scope() }} and survey_kind = 'csat'
),

-- The last Sunday of months that are over.
adopted as (
    select
        weeks.company_id,
        weeks.month_start_date,
        count(*)::integer as account_count,
        sum(
            weeks.adopted_feature_count::double precision
            / weeks.available_feature_count
        ) as adoption_sum
    from weeks
    inner join companies
        on
            weeks.company_id = companies.company_id
            and weeks.next_month <= companies.open_month
    where
        extract(dow from weeks.scored_on) = 0
        and weeks.scored_on + 7 >= weeks.next_month
    group by weeks.company_id, weeks.month_start_date
),

answered as (
    select
        company_id,
        month_start_date,
        sum(answer_count)::integer as answer_count,
        sum(answer_count * mean_10) / sum(answer_count) as mean_10
    from answers
    group by company_id, month_start_date
),

joined as (
    select
        coalesce(adopted.company_id, answered.company_id) as company_id,
        coalesce(adopted.month_start_date, answered.month_start_date)
            as month_start_date,
        coalesce(adopted.account_count, 0) as adopting_account_count,
        {{ rate_of_many(
            'adopted.adoption_sum', 'adopted.account_count',
            'adopted.account_count',
        ) }} as feature_adoption_ratio,
        coalesce(answered.answer_count, 0) as csat_answer_count,
        answered.mean_10 as csat_mean_10
    from adopted
    full outer join answered
        on
            adopted.company_id = answered.company_id
            and adopted.month_start_date = answered.month_start_date
)

select * from joined
