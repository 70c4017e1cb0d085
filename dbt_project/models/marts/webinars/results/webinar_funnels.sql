{{ webinar_funnel(['webinar_id']) }}
