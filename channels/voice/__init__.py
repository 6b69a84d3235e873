"""Telephone calls through Twilio. Not a message channel: an agent calls a customer who asked for it."""
