with
{{ newest_rows(
    'variants', ref('stg_files__experiments'),
    ['experiment', 'variant', 'outcome_kind']
) }},

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

placed as (
    select
        variants.company_id,
        variants.experiment,
        coalesce(variants.outcome_kind, '') as outcome_kind,
        variants.variant,
        coalesce(variants.experiment_kind, 'other') as experiment_kind,
        variants.webinar_id,
        variants.started_on,
        variants.ended_on,
        variants.shown_count::integer as shown_count,
        variants.outcome_count::integer as outcome_count,
        variants.outcome_mean,
        variants.outcome_deviation,
        coalesce(
            variants.outcome_kind in ('minutes', 'revenue')
            or variants.outcome_count is null, false
        ) as is_mean,
        variants.planned_count::integer as planned_count,
        companies.as_of_date,
        row_number() over (
            partition by
                variants.company_id, variants.experiment, variants.outcome_kind
            order by
                coalesce(variants.is_control, false) desc, variants.variant asc
        ) = 1 as is_control,
        count(*) over (
            partition by
                variants.company_id, variants.experiment, variants.outcome_kind
        )::integer - 1 as rival_count
    from variants
    inner join companies
        on
            variants.company_id = companies.company_id
            and variants.started_on <= companies.as_of_date
),

-- Each of several rivals is held to more (Bonferroni), of up to five and up to
-- fifty: chance shall find no winner.
levelled as (
    select
        *,
        case
            when rival_count <= 1 then 1.959963984540054
            when rival_count <= 5 then 2.5758293035489004
            else 3.2905267314919255
        end::double precision as z,
        case
            when not is_mean then least(outcome_count, shown_count)
        end as told_count,
        -- Of a mean without its deviation nobody knows how sure it is.
        case
            when is_mean and outcome_deviation is not null then outcome_mean
        end as own_mean
    from placed
),

rated as (
    select
        *,
        case
            when not is_mean and outcome_count <= shown_count
                then outcome_count::double precision / nullif(shown_count, 0)
        end as own_ratio,
        {{ wilson_bound('told_count', 'shown_count', -1, 'z') }} as own_lower,
        {{ wilson_bound('told_count', 'shown_count', 1, 'z') }} as own_upper,
        bool_and(
            coalesce(
                ended_on <= as_of_date, shown_count >= planned_count, false
            )
        ) over (partition by company_id, experiment, outcome_kind) as is_over
    from levelled
)

select * from rated
