"""Foreign specs: reads an OpenAPI document of another company into one that can be served."""
