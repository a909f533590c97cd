"""Money between memory (Decimal, SEK) and journal (whole öre)."""

from decimal import Decimal


def ore(amount: Decimal) -> int:
    """SEK as whole öre.

    Raises:
        ValueError: The amount is not finite or not whole öre; nothing is rounded here.

    """
    if not amount.is_finite() or amount * 100 != int(amount * 100):
        msg = "expected an amount in whole öre; round it explicitly where the law says how"
        raise ValueError(msg)
    return int(amount * 100)
