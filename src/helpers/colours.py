"""The colours of figures and of codes in other programs: Okabe & Ito (2008), told apart in greyscale too in this order."""

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
NEUTRAL, INK = "#6b7280", "#111827"
ON_PAGE = tuple(colour.lower() for colour in (*PALETTE[:7], "#4b5563"))  # there black is the text's


def in_style(sheet: str) -> str:
    """Put the colours of types into a style sheet, as --t0 to --t7, where it says @@PALETTE@@."""
    return sheet.replace("@@PALETTE@@", " ".join(f"--t{k}: {colour};" for k, colour in enumerate(ON_PAGE)))
