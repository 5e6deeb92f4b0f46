"""The HTTP server: a pipeline of stages, compiled at start from the specs."""
