"""Delivery: a client that knows the protocol alone, a checker of what it was shown, and servers that are killed meanwhile."""
