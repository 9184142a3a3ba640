"""The pages for staff and managers: server-rendered, one module a page."""
