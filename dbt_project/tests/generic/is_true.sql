{#- A condition between columns holds on every row; unknown counts as false. -#}
{% test is_true(model, condition) %}
    select *
    from {{ model }}
    where {{ is_in_scope() }} and ({{ condition }}) is not true
{% endtest %}
