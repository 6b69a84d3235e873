"""What an agent does with a conversation besides answering it."""
