"""Clients and servers that nobody here wrote: they hold our adapters to the providers' own words."""
