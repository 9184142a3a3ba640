"""Real servers that tests start for themselves: on free loopback ports, in temporary folders, stopped by process id."""
