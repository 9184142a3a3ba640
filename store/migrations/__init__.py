"""Alembic's migrations: the only way the tables change."""
