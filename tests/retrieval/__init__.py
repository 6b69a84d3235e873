"""How well articles are found, against simpler ways, and how long it takes in a large index."""
