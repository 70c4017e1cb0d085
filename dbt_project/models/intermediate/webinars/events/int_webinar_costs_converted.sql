with costs as (
    select * from {{ ref('stg_files__webinar_costs') }}
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
        currency_code
    from {{ ref('stg_ops__companies') }}
),

rates as (
    select * from {{ ref('int_currency_rates_filled') }}
),

sources as (
    select
        alias,
        channel_id
    from {{ ref('channel_aliases') }}
    where kind = 'source'
),

ranked as (
    select
        costs.*,
        -- All rows of the file exported last: a day may have several costs.
        dense_rank() over (
            partition by
                costs.company_id,
                costs.webinar_id,
                costs.channel_name,
                costs.cost_date
            order by files.exported_at desc, files.file_name desc
        ) as recency_rank
    from costs
    inner join files
        on
            costs.company_id = files.company_id
            and costs.file_sha256 = files.file_sha256
),

converted as (
    select
        ranked.company_id,
        ranked.webinar_id,
        case
            when ranked.channel_name is null then 'unknown'
            else coalesce(sources.channel_id, 'other')
        end as channel_id,
        ranked.cost_date,
        companies.currency_code,
        ranked.cost_amount as original_cost_amount,
        -- Null where no rate of the day is known.
        (ranked.cost_amount * case
            when
                coalesce(ranked.currency_code, companies.currency_code)
                = companies.currency_code
                then 1
            else rates.rate
        end)::numeric(24, 6) as cost_amount
    from ranked
    inner join companies
        on ranked.company_id = companies.company_id
    left join rates
        on
            ranked.company_id = rates.company_id
            and ranked.currency_code = rates.currency_code
            and ranked.cost_date = rates.rate_date
    left join sources
        on {{ channel_alias('ranked.channel_name') }} = sources.alias
    where ranked.recency_rank = 1
)

select * from converted
