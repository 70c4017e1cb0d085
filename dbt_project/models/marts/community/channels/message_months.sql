with companies as (
    select
        company_id,
        date_trunc('month', {{ as_of_date() }} + 1)::date as open_month
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

sends as (
    select * from {{ ref('message_sends') }}
    where {{ is_in_scope() }} and {{ is_changed('month_start_date') }}
),

counted as (
    select
        sends.company_id,
        sends.month_start_date,
        sends.channel,
        sum(sends.message_count)::integer as message_count
    from sends
    inner join companies
        on
            sends.company_id = companies.company_id
            and sends.month_start_date < companies.open_month
    group by sends.company_id, sends.month_start_date, sends.channel
)

select * from counted
