"""Whom we are measured against: each serves the Kraken PATCH as its own documentation would."""
