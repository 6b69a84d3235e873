"""`make bench`: this system beside stock Rasa in one run, and beside itself as it grows. See docs/speed.md."""
