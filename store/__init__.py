"""Rows: schema, claims, leases, and reads on behalf of a viewer."""
