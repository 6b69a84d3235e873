"""`make test-services`: the suite on PostgreSQL and Redis, and several processes of each kind sharing the load."""
