"""Serving: one path for every request, compiled at start."""
