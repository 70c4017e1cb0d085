with published as (
    select
        company_id,
        currency as currency_code,
        rate_date as published_date,
        rate as units_per_euro,
        (read_at at time zone 'UTC')::date as read_date
    from {{ ref('stg_ecb_rates__rates') }}
    where {{ is_in_scope() }} and rate > 0
),

spaced as (
    select
        *,
        lead(published_date) over (
            partition by company_id, currency_code order by published_date
        ) as next_published_date
    from published
),

-- Nothing is published on weekends and holidays: a rate holds until the next,
-- for seven days at most, and for no day that had not come when it was read.
filled as (
    select
        spaced.company_id,
        spaced.published_date + elapsed.day_count as rate_date,
        spaced.currency_code,
        (1 / spaced.units_per_euro)::numeric(24, 12) as euros_per_unit,
        spaced.units_per_euro,
        spaced.published_date,
        'ecb'::text as source_slug
    from spaced
    cross join generate_series(0, 7) as elapsed (day_count)
    where
        spaced.published_date + elapsed.day_count <= spaced.read_date
        and (
            spaced.next_published_date is null
            or spaced.published_date + elapsed.day_count
            < spaced.next_published_date
        )
)

select * from filled
