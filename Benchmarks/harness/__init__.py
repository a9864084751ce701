"""Measures Sallyport on one machine, each figure beside a reference that ran in the same minute."""
