"""The commands that look into the store and change it: one module for each noun."""
