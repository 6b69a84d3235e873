"""The stand-in for the providers' APIs: what our real adapters call when the shop has no account."""
