"""From original bytes to a stored, parsed message."""
