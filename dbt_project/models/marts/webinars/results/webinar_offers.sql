with {{ registrants_named() }},

offers as (
    select
        told.company_id,
        told.webinar_id,
        told.offer_id,
        {{ person_of('told') }} as person_id,
        max(told.offer_title) as offer_title,
        bool_or(told.clicked_at is not null) as has_clicked,
        min(told.acted_date) as acted_date
    from {{ ref('int_webinar_offers_current') }} as told
    {{ join_registrants('told') }}
    where {{ is_in_scope('told.company_id') }}
    group by
        told.company_id, told.webinar_id, told.offer_id, {{ person_of('told') }}
),

bought as (
    select
        company_id,
        webinar_id,
        person_id,
        max(order_date) as last_order_date
    from {{ ref('webinar_conversions') }}
    where {{ is_in_scope() }}
    group by company_id, webinar_id, person_id
),

followed as (
    select
        offers.company_id,
        offers.webinar_id,
        offers.offer_id,
        offers.offer_title,
        webinars.is_conversion_over,
        offers.has_clicked,
        coalesce(bought.last_order_date >= offers.acted_date, false)
            as has_bought
    from offers
    inner join {{ ref('webinars') }} as webinars
        on
            offers.company_id = webinars.company_id
            and offers.webinar_id = webinars.webinar_id
    left join bought
        on
            offers.company_id = bought.company_id
            and offers.webinar_id = bought.webinar_id
            and offers.person_id = bought.person_id
    where {{ is_in_scope('webinars.company_id') }}
),

counted as (
    select
        company_id,
        webinar_id,
        offer_id,
        coalesce(max(offer_title), offer_id) as offer_title,
        bool_and(is_conversion_over) as is_conversion_over,
        count(*)::integer as shown_count,
        count(*) filter (where has_clicked)::integer as clicked_count,
        -- Until the 30 days are over, sales go on.
        count(*) filter (where has_clicked and is_conversion_over)
            as settled_count,
        count(*) filter (where has_clicked and has_bought)::integer
            as bought_count,
        count(*) filter (where not has_clicked and has_bought)::integer
            as unclicked_bought_count
    from followed
    group by company_id, webinar_id, offer_id
),

rated as (
    select
        company_id,
        webinar_id,
        offer_id,
        offer_title,
        is_conversion_over,
        shown_count,
        clicked_count,
        bought_count,
        unclicked_bought_count,
        clicked_count / shown_count::double precision as click_ratio,
        {{ wilson_bound('clicked_count', 'shown_count', -1) }}
            as click_ratio_lower,
        {{ wilson_bound('clicked_count', 'shown_count', 1) }}
            as click_ratio_upper,
        bought_count / nullif(settled_count, 0)::double precision
            as bought_ratio,
        {{ wilson_bound('bought_count', 'settled_count', -1) }}
            as bought_ratio_lower,
        {{ wilson_bound('bought_count', 'settled_count', 1) }}
            as bought_ratio_upper
    from counted
)

select * from rated
