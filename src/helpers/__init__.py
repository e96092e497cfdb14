"""County policy notebooks: from a folder of Chinese county policy documents to a validated, reproducible report."""

__version__ = "2.0.0"
