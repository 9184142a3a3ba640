"""The staff's queue: route, claim, answer, forward, close."""
