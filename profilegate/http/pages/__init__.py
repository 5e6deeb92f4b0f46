"""The gateway's own pages: what a browser shows of it."""
