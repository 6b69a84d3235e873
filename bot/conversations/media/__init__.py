"""Files that customers and agents send: fetched, checked, kept apart from the web, shown to who may see them.

`store.keep` is the one way in, `serve.response` the one way out, `arrivals` fetches what a provider still holds.
"""
