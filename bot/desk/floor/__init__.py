"""Who is at the desk, what customers are promised, and how the load stands."""
