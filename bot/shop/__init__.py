"""The shop: its orders, its policies, who may see an order, and the cases that come out of it."""
