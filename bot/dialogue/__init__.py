"""The dialogue: what the bot does with a customer's unanswered messages. Import-free, both Pythons load it."""
