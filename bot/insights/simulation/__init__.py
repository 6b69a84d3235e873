"""A believable year of a shop that nobody ever had: made from a seed, with a known truth about every figure."""
