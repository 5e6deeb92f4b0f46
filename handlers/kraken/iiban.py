"""IIBANs: the ids of Kraken's users, with check digits by ISO 7064."""

import string

COUNTRY = "AA"
"""A code that ISO 3166-1 reserves for users, in the place of an IBAN's country."""

INSTITUTION = "N84G"
"""The institution of Kraken's published examples: AA08 N84G CPAR UN7A."""

ACCOUNT_CHARACTERS = string.digits + string.ascii_uppercase
ACCOUNT_LENGTH = 8
GROUP_LENGTH = 4

RANDOM_SIZE_BYTES = 16
"""An account has 41 bits; of 128 random ones each account is as likely as any other."""


def new_iiban(random_bytes: bytes) -> str:
    """An IIBAN without blanks, from RANDOM_SIZE_BYTES random bytes."""
    number = int.from_bytes(random_bytes)
    account = ""
    for _ in range(ACCOUNT_LENGTH):
        number, place = divmod(number, len(ACCOUNT_CHARACTERS))
        account += ACCOUNT_CHARACTERS[place]
    return f"{COUNTRY}{check_digits(INSTITUTION + account)}{INSTITUTION}{account}"


def check_digits(account: str) -> str:
    """The two digits that make an IIBAN valid: ISO 7064, mod 97-10, as in an IBAN."""
    # Letters count 10 to 35, and the country moves behind the account.
    number = int("".join(str(int(letter, 36)) for letter in f"{account}{COUNTRY}00"))
    return f"{98 - number % 97:02}"


def spaced(iiban: str) -> str:
    """An IIBAN as Kraken prints it, in groups of four."""
    groups = range(0, len(iiban), GROUP_LENGTH)
    return " ".join(iiban[start : start + GROUP_LENGTH] for start in groups)


def unspaced(iiban: str) -> str:
    """An IIBAN as it is stored, without the blanks that Kraken prints for people."""
    return iiban.replace(" ", "")
