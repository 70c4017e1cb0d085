with users as (
    select
        company_id,
        registered_date,
        coalesce(region_code, 'unknown') as region_code
    from {{ ref('users') }}
),

regions as (
    select
        region_code,
        name as region_name
    from {{ ref('chile_regions') }}
    union all
    select
        'unknown'::text as region_code,
        'Desconocida'::text as region_name
),

days as (
    select
        company_id,
        registered_date
    from users
    group by company_id, registered_date
),

counted as (
    select
        company_id,
        registered_date,
        region_code,
        count(*)::integer as new_user_count
    from users
    group by company_id, registered_date, region_code
),

-- A region where nobody registered is a nought on the map, not a hole.
filled as (
    select
        days.company_id,
        days.registered_date as calendar_date,
        regions.region_code,
        regions.region_name,
        coalesce(counted.new_user_count, 0) as new_user_count
    from days
    cross join regions
    left join counted
        on
            days.company_id = counted.company_id
            and regions.region_code = counted.region_code
            and coalesce(days.registered_date, 'infinity')
            = coalesce(counted.registered_date, 'infinity')
)

select * from filled
