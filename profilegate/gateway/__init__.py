"""The interface between the gateway and handler packages: what each provides to the other."""
