"""Indicators, read only."""
