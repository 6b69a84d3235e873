"""What runs inside Rasa, on Python 3.10: imports rasa, its encoder, numpy and the standard library only."""
