"""From a number on a dashboard back to the model runs and raw rows it was made of."""
