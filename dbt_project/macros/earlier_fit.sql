{#-
    Of each company the published fit that its predictions are compared with: the newest
    of the same model that is `least` to `most` days older. Another model would move
    customers that did nothing. Reads the CTEs `fits` and `predicted`.
-#}
{% macro earlier_fit(least, most) -%}
    select distinct on (fits.company_id)
        fits.company_id,
        fits.fit_id,
        fits.as_of_date as compared_date
    from fits
    inner join predicted
        on
            fits.company_id = predicted.company_id
            and fits.model_version = predicted.model_version
    where
        fits.as_of_date between predicted.as_of_date - {{ most }}
        and predicted.as_of_date - {{ least }}
    order by
        fits.company_id asc,
        fits.as_of_date desc,
        fits.fitted_at desc,
        fits.fit_id asc
{%- endmacro %}
