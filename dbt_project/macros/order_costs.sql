{#-
    What orders cost besides their goods: `shipping_cost` and `payment_fees`, null where
    nothing tells them. From `order_count`, `told_fees`, of the other orders
    `untold_sales` and `untold_order_count`, what a company says of one order, and
    `has_fees`, whether it or any order of its tells fees. Of the two parts of a fee, one
    that was not told costs nothing.
-#}
{% macro order_costs() -%}
order_count * shipping_cost_per_order as shipping_cost,
        case
            when has_fees
                then
                    told_fees
                    + untold_sales * coalesce(payment_fee_rate, 0)
                    + untold_order_count * coalesce(payment_fee_per_order, 0)
        end as payment_fees
{%- endmacro %}


{#- Both together; one that is not told counts as nothing, and neither is null. -#}
{% macro variable_costs() -%}
case
            when coalesce(shipping_cost, payment_fees) is not null
                then coalesce(shipping_cost, 0) + coalesce(payment_fees, 0)
        end
{%- endmacro %}
