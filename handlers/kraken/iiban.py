"""IIBANs, by which Kraken names its users."""


def unspaced(iiban: str) -> str:
    """An IIBAN as the store knows it: Kraken prints blanks for people, they do not count."""
    return iiban.replace(" ", "")
