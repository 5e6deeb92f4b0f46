"""The gateway without its store, and the ceilings; ``create`` of each module makes its ASGI app."""
