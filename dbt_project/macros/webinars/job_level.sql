{#-
    How much somebody decides, by the title of their job in English or Spanish: `owner`
    (who owns or leads the company), `director`, `manager`, `student`, else `other`; null
    without one. Coarse by intention: the title itself, which may name a person, goes no
    further than staging. The first line that fits counts.
-#}
{% macro job_level(column) -%}
    {%- set title = plain_words(column) -%}
    case
        when nullif({{ title }}, '') is null then null
        when {{ title }} ~ '\m(student|estudiante|intern|becari[oa]|practicante|pasante)\M'
            then 'student'
        -- Who helps somebody, or has a product, does not lead the company.
        when {{ title }} ~ '\m(assistant|asistente|secretari[oa]|auxiliar|product owner)\M'
            then 'other'
        when {{ title }} ~ '\m(vice ?presiden[a-z]+|vp|svp|evp)\M' then 'director'
        when {{ title }} ~ (
            '\m(owner|founder|cofounder|ceo|cto|cfo|coo|cmo|cio|chief|president'
            || '|presidente|presidenta|managing director|managing partner|dueno|duena'
            || '|propietari[oa]|fundador|fundadora|cofundador|cofundadora|soci[oa]'
            || '|director general|directora general|gerente general|autonom[oa])\M'
        ) then 'owner'
        when {{ title }} ~ '\m(director|directora|head of|head)\M' then 'director'
        when {{ title }} ~ (
            '\m(manager|gerente|responsable|jef[ea]|lead|leader|lider|coordinador'
            || '|coordinadora|coordinator|supervisor|supervisora)\M'
        ) then 'manager'
        else 'other'
    end
{%- endmacro %}
