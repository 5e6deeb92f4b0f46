"""Benchmarks: how fast the gateway is, beside whom one would otherwise take."""
