"""Nobody in who should not be, and nothing told that should not be. The threat model is docs/security.md."""
