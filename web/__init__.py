"""The pages that staff and managers see."""
