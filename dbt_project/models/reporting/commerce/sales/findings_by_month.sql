-- In whole units, so that what is shown adds up as well.
with findings as (
    select
        *,
        round(figure) - round(earlier_figure) as figure_change,
        round(figure) - round(earlier_figure) - round(first_effect)
            as rest_effect
    from {{ ref('month_findings') }}
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

margin_labels as (
    select * from {{ ref('margin_labels') }}
),

templates as (
    select * from {{ ref('month_finding_templates') }}
),

written as (
    select
        *,
        figure_change >= 0 as is_up,
        -- The part that went the way of the whole, and furthest.
        case
            when figure_change >= 0 then first_effect >= rest_effect
            else first_effect <= rest_effect
        end as is_by_first,
        {{ written_money('figure') }} as figure_text,
        {{ written_money('earlier_figure') }} as earlier_text,
        {{ written_money('year_figure') }} as year_text,
        {{ written_money('abs(figure_change)') }} as change_text,
        case
            when finding = 'sales' then {{ written_number('first_figure') }}
            else {{ written_money('first_figure') }}
        end as first_text,
        case
            when finding = 'sales'
                then {{ written_number('earlier_first_figure') }}
            else {{ written_money('earlier_first_figure') }}
        end as earlier_first_text,
        {{ written_money('second_figure') }} as second_text,
        {{ written_money('earlier_second_figure') }} as earlier_second_text,
        {{ written_money('first_effect', is_signed=true) }}
            as first_effect_text,
        {{ written_money('rest_effect', is_signed=true) }}
            as second_effect_text
    from findings
),

told as (
    select
        written.company_id,
        written.month_start_date,
        written.finding,
        written.place,
        replace(
            {{ month_finding('es') }},
            '{margin}', coalesce(margin_labels.margin_es, '?')
        ) as sentence_es,
        replace(
            {{ month_finding('en') }},
            '{margin}', coalesce(margin_labels.margin_en, '?')
        ) as sentence_en,
        templates.step_es,
        templates.step_en,
        templates.receipt
    from written
    inner join templates
        on
            written.finding = templates.finding
            and written.is_up = templates.is_up
            and written.is_by_first = templates.is_by_first
    left join margins
        on written.company_id = margins.company_id
    left join margin_labels
        on margins.costs_included = margin_labels.costs_included
)

select * from told
