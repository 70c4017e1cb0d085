with site_days as (
    select * from {{ ref('stg_search_console__site_days') }}
    where {{ is_in_scope() }}
),

query_days as (
    select * from {{ ref('stg_search_console__query_days') }}
    where {{ is_in_scope() }}
),

named as (
    select
        company_id,
        site_url,
        search_type,
        search_date,
        sum(click_count) filter (where is_brand) as brand_click_count,
        sum(click_count) filter (where not is_brand) as non_brand_click_count
    from query_days
    group by company_id, site_url, search_type, search_date
),

-- Google hides rare queries, so the two kinds are less than all clicks.
joined as (
    select
        site_days.company_id,
        site_days.search_date,
        site_days.site_url,
        site_days.search_type,
        site_days.click_count,
        site_days.impression_count,
        site_days.average_position,
        coalesce(named.brand_click_count, 0)::bigint as brand_click_count,
        coalesce(named.non_brand_click_count, 0)::bigint
            as non_brand_click_count,
        site_days.is_final,
        site_days.has_too_many_impressions,
        site_days.loaded_at
    from site_days
    left join named
        on
            site_days.company_id = named.company_id
            and site_days.site_url = named.site_url
            and site_days.search_type = named.search_type
            and site_days.search_date = named.search_date
)

select * from joined
