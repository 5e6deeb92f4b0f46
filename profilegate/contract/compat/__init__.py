"""Breaking changes between two specs."""
