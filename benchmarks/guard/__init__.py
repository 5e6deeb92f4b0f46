"""The cost of an update in instructions, compared with the costs that are kept."""
