"""`make chaos`: a whole shop under every trouble there is, and an account of every message. See docs/chaos.md."""
