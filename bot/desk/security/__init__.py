"""Who comes in and how: the second factor, the open sessions, and the log of both."""
