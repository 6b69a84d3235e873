"""Drives folders of questions, dialogues and attacks against a running system, and measures what comes back."""
