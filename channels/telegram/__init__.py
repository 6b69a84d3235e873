import os

# python-telegram-bot's coming form of periods; without it every "too many requests" also warns about the old one.
os.environ.setdefault("PTB_TIMEDELTA", "true")
