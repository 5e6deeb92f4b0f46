"""The shared profile: its fields, how providers write them, what locks them."""
