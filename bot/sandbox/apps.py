from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Plays the customer's phones and the providers, so that a shop without any account sees every channel working."""

    name = "bot.sandbox"
    label = "sandbox"
