"""Media types: bytes to Python values and back."""
