{{ webinar_promotions() }}
