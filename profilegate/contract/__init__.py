"""Contracts: checks traffic and servers against the specs, and specs against each other."""
