"""The shop's knowledge: articles that editors keep, an index over them, and answers that quote them."""
