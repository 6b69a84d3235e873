"""Where people answer: our own desk, or another programme's that a handoff goes to. `base.Desk` is the contract."""
