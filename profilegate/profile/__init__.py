"""The shared profile: its fields, how doors write them, what holds them fast."""
