"""Benchmarks: how fast the gate is, beside whom one would otherwise take."""
