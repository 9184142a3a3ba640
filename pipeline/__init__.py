"""The flow, one step a file."""
