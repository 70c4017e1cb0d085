with companies as (
    select company_id from {{ ref('companies') }}
),

customers as (
    select
        company_id,
        historic_value,
        -- A probability of exactly 1 belongs to the last bin.
        least(10, floor(probability_no_purchase_90d * 10)::integer + 1)
            as bin_number
    from {{ ref('customer_values') }}
    where probability_no_purchase_90d is not null
),

bins as (
    select
        companies.company_id,
        numbers.bin_number
    from companies
    cross join generate_series(1, 10) as numbers (bin_number)
),

counted as (
    select
        company_id,
        bin_number,
        count(*) as customer_count,
        sum(historic_value) as historic_value
    from customers
    group by company_id, bin_number
),

filled as (
    select
        bins.company_id,
        bins.bin_number,
        (bins.bin_number - 1) / 10.0::double precision as bin_lower,
        bins.bin_number / 10.0::double precision as bin_upper,
        coalesce(counted.customer_count, 0)::integer as customer_count,
        coalesce(counted.historic_value, 0)::numeric(18, 2) as historic_value
    from bins
    left join counted
        on
            bins.company_id = counted.company_id
            and bins.bin_number = counted.bin_number
)

select * from filled
