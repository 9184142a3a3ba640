"""Pure functions: message in, decision out."""
