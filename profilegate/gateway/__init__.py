"""What a handler package provides, and what its functions are given."""
