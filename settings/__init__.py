"""TOML in, Site out, with every fault at once."""
