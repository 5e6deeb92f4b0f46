"""The contract between a provider and its clients: what of a spec changes it."""
