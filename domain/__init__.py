"""Values and pure functions: what a message, decision, ticket and promise are. Imports nothing of ours."""
