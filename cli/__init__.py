"""The svarsvakt command."""
