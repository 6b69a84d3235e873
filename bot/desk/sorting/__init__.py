"""What a conversation is about, judged by the embedded models and corrected by agents, and who should have it."""
