with companies as (
    select
        company_id,
        currency_code
    from {{ ref('stg_ops__companies') }}
),

told as (
    select
        file_rates.company_id,
        file_rates.currency_code,
        file_rates.quoted_date,
        file_rates.rate,
        'files'::text as source_slug,
        1 as source_rank
    from {{ ref('int_file_rates_told') }} as file_rates
    inner join companies
        on
            file_rates.company_id = companies.company_id
            and file_rates.in_currency_code = companies.currency_code
),

unioned as (
    select * from told
    union all
    select
        company_id,
        currency_code,
        quoted_date,
        rate,
        source_slug,
        2 as source_rank
    from {{ ref('int_euro_rates_crossed') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, currency_code, quoted_date
            order by source_rank
        ) as told_rank
    from unioned
),

spaced as (
    select
        *,
        lead(quoted_date) over (
            partition by company_id, currency_code order by quoted_date
        ) as next_quoted_date
    from ranked
    where told_rank = 1
),

-- Nobody quotes on Sundays and holidays: a rate holds until the next one, for
-- seven days at most.
filled as (
    select
        spaced.company_id,
        spaced.currency_code,
        spaced.quoted_date + elapsed.day_count as rate_date,
        spaced.rate::numeric(24, 12) as rate,
        spaced.quoted_date,
        spaced.source_slug
    from spaced
    cross join generate_series(0, 7) as elapsed (day_count)
    where
        spaced.next_quoted_date is null
        or spaced.quoted_date + elapsed.day_count < spaced.next_quoted_date
)

select * from filled
