"""Numbers as both languages write them: one sign for per cent, one minus (U+2212), thousands separated."""

MINUS = "−"
NOTHING = "–"  # where a number would stand, had there been one


def percent(share: float, decimals: int = 1) -> str:
    """Write a share as a percentage.

    >>> percent(0.2341), percent(-0.05, 0)
    ('23.4%', '−5%')
    """
    return NOTHING if share != share else number(100 * share, f".{decimals}f") + "%"


def points(difference: float, decimals: int = 1) -> str:
    """Write a difference of shares in percentage points, with its sign.

    >>> points(-0.031), points(0.2)
    ('−3.1', '+20.0')
    """
    return number(100 * difference, f"+.{decimals}f")


def count(value: float) -> str:
    """Write a count with thousands separated.

    >>> count(12345)
    '12,345'
    """
    return f"{int(value):,}"


def number(value: float, form: str) -> str:
    """Write a number in one of Python's formats, with the minus of the collection; what rounds to nothing has no sign.

    Where there is no number (NaN) a dash is written.

    >>> number(-1.25, ".1f"), number(-0.001, "+.1f")
    ('−1.2', '0.0')
    """
    if value != value:
        return NOTHING
    text = format(value, form)
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", MINUS) if isinstance(value, float) or value < 0 else text


def spanned(value: float, low: float, high: float) -> str:
    """Write a value with its interval in brackets, a dash where there is none.

    >>> spanned(0.5, 0.42, 0.58), spanned(0.5, float("nan"), float("nan")), spanned(float("nan"), 0, 1)
    ('0.50 (0.42–0.58)', '0.50', '–')
    """
    if value != value:
        return NOTHING
    return number(value, ".2f") if low != low else f"{number(value, '.2f')} ({number(low, '.2f')}–{number(high, '.2f')})"
