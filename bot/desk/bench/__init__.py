"""How long it takes until every desk shows what a customer wrote, with many desks and many conversations open."""
