with rates as (
    select * from {{ ref('stg_files__currency_rates') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

companies as (
    select
        company_id,
        currency_code as company_currency_code
    from {{ ref('stg_ops__companies') }}
),

told as (
    select
        rates.*,
        files.file_name,
        files.exported_at,
        companies.company_currency_code
    from rates
    inner join files
        on
            rates.company_id = files.company_id
            and rates.file_sha256 = files.file_sha256
    inner join companies
        on rates.company_id = companies.company_id
),

quoted as (
    select
        company_id,
        rate_date,
        from_currency_code as currency_code,
        rate,
        false as is_inverse,
        exported_at,
        file_name,
        line_number
    from told
    where to_currency_code = company_currency_code
    union all
    select
        company_id,
        rate_date,
        to_currency_code as currency_code,
        1 / rate as rate,
        true as is_inverse,
        exported_at,
        file_name,
        line_number
    from told
    where from_currency_code = company_currency_code
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, currency_code, rate_date
            order by
                is_inverse asc,
                exported_at desc,
                file_name desc,
                line_number desc
        ) as recency_rank
    from quoted
),

spaced as (
    select
        company_id,
        currency_code,
        rate,
        rate_date as quoted_date,
        lead(rate_date) over (
            partition by company_id, currency_code order by rate_date
        ) as next_quoted_date
    from ranked
    where recency_rank = 1
),

-- Nobody quotes on Sundays and holidays: a rate holds until the next one, for
-- seven days at most.
filled as (
    select
        spaced.company_id,
        spaced.currency_code,
        spaced.quoted_date + elapsed.day_count as rate_date,
        spaced.rate::numeric(24, 12) as rate,
        spaced.quoted_date
    from spaced
    cross join generate_series(0, 7) as elapsed (day_count)
    where
        spaced.next_quoted_date is null
        or spaced.quoted_date + elapsed.day_count < spaced.next_quoted_date
)

select * from filled
