"""The public API of the web channel (design: Web channel)."""
