"""What is known: courses, awards, rule cards, credit arithmetic, and the index over them."""
