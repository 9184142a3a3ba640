"""The wires: one file each, knowing no database."""
