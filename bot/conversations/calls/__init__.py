"""Calling customers back: asked for in a conversation, due inside the opening hours, made by an agent."""
