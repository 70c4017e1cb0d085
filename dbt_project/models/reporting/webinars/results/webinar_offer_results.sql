with offers as (
    select * from {{ ref('webinar_offers') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date
    from {{ ref('webinars') }}
),

named as (
    select
        offers.company_id,
        offers.webinar_id,
        offers.offer_id,
        webinars.title,
        webinars.start_date,
        offers.offer_title,
        offers.is_conversion_over,
        offers.shown_count as offer_shown_count,
        offers.clicked_count as offer_clicked_count,
        offers.bought_count as offer_bought_count,
        offers.unclicked_bought_count,
        offers.click_ratio as offer_click_ratio,
        offers.click_ratio_lower,
        offers.click_ratio_upper,
        offers.bought_ratio as offer_bought_ratio,
        offers.bought_ratio_lower,
        offers.bought_ratio_upper
    from offers
    inner join webinars
        on
            offers.company_id = webinars.company_id
            and offers.webinar_id = webinars.webinar_id
)

select * from named
