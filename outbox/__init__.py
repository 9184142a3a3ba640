"""What is to be sent: render and deliver, once."""
