"""Files made whole and then damaged, with the money that is truly in them."""
