with totals as (
    select * from {{ ref('webinar_section_totals') }}
),

named as (
    select
        company_id,
        section_title,
        section_place,
        webinar_count as section_webinar_count,
        present_count as section_present_count,
        stayed_count as section_stayed_count,
        retention_ratio as section_retention_ratio,
        retention_ratio_lower,
        retention_ratio_upper,
        end_count as section_end_count,
        peak_count as section_peak_count,
        peak_ratio as section_peak_ratio,
        interaction_count as section_interaction_count,
        interactions_per_minute as section_interactions_per_minute
    from totals
)

select * from named
