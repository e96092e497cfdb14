"""The colours of figures and of codes in other programs: Okabe & Ito (2008), told apart in greyscale too in this order."""

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
NEUTRAL, INK = "#6b7280", "#111827"
