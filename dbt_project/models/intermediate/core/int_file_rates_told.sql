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

told as (
    select
        rates.*,
        files.file_name,
        files.exported_at
    from rates
    inner join files
        on
            rates.company_id = files.company_id
            and rates.file_sha256 = files.file_sha256
),

both_ways as (
    select
        company_id,
        from_currency_code as currency_code,
        to_currency_code as in_currency_code,
        rate_date as quoted_date,
        rate,
        false as is_inverse,
        exported_at,
        file_name,
        line_number
    from told
    union all
    select
        company_id,
        to_currency_code as currency_code,
        from_currency_code as in_currency_code,
        rate_date as quoted_date,
        1 / rate as rate,
        true as is_inverse,
        exported_at,
        file_name,
        line_number
    from told
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                company_id, currency_code, in_currency_code, quoted_date
            order by
                is_inverse asc,
                exported_at desc,
                file_name desc,
                line_number desc
        ) as recency_rank
    from both_ways
),

file_rates as (
    select
        company_id,
        currency_code,
        in_currency_code,
        quoted_date,
        rate::numeric(36, 20) as rate
    from ranked
    where recency_rank = 1
)

select * from file_rates
