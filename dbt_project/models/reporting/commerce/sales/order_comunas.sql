with days as (
    select * from {{ ref('comuna_days') }}
),

comunas as (
    select * from {{ ref('chile_comunas') }}
),

regions as (
    select * from {{ ref('chile_regions') }}
),

tiles as (
    select * from {{ ref('chile_region_tiles') }}
),

labelled as (
    select
        days.company_id,
        days.calendar_date,
        days.comuna_code,
        coalesce(comunas.name, 'Desconocida') as comuna_name,
        comunas.region_code,
        regions.name as region_name,
        tiles.north_rank,
        days.order_count,
        days.cancelled_order_count
    from days
    left join comunas
        on days.comuna_code = comunas.comuna_code
    left join regions
        on comunas.region_code = regions.region_code
    left join tiles
        on comunas.region_code = tiles.region_code
)

select * from labelled
