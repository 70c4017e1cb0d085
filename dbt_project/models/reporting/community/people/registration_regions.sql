with users as (
    select
        company_id,
        registered_date,
        coalesce(region_code, 'unknown') as region_code
    from {{ ref('users') }}
),

regions as (
    select
        official.region_code,
        official.name as region_name,
        tiles.north_rank
    from {{ ref('chile_regions') }} as official
    inner join {{ ref('chile_region_tiles') }} as tiles
        on official.region_code = tiles.region_code
    union all
    select
        'unknown'::text as region_code,
        'Desconocida'::text as region_name,
        null::integer as north_rank
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

-- A region where nobody registered is a nought on the map, not a hole. Summed
-- rather than joined: two days without a date are one day.
filled as (
    select
        company_id,
        registered_date,
        region_code,
        new_user_count
    from counted
    union all
    select
        days.company_id,
        days.registered_date,
        regions.region_code,
        0 as new_user_count
    from days
    cross join regions
),

summed as (
    select
        company_id,
        registered_date,
        region_code,
        sum(new_user_count)::integer as new_user_count
    from filled
    group by company_id, registered_date, region_code
),

named as (
    select
        summed.company_id,
        summed.registered_date as calendar_date,
        summed.region_code,
        regions.region_name,
        regions.north_rank,
        summed.new_user_count
    from summed
    inner join regions
        on summed.region_code = regions.region_code
)

select * from named
