{#-
    What a change of a customer's MRR is, from its worth before and after and what of the
    change the rates did: the one definition that days and months share. Empty when
    nothing but the rates moved.
-#}
{% macro mrr_movement(before, after, fx, was_customer) -%}
    case
        when {{ before }} = 0 and {{ after }} > 0 and not {{ was_customer }}
            then 'new'
        when {{ before }} = 0 and {{ after }} > 0 then 'reactivation'
        when {{ before }} > 0 and {{ after }} = 0 then 'churn'
        when {{ after }} - {{ before }} - {{ fx }} > 0 then 'expansion'
        when {{ after }} - {{ before }} - {{ fx }} < 0 then 'contraction'
    end
{%- endmacro %}
