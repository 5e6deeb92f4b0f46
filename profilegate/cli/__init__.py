"""The command line: ``main.py`` assembles it, with one module for each group of commands."""
