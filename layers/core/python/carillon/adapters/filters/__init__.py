"""Subscription filters in JSONPath, as Jayway reads them.

`jsonpath` is the port; `jayway` reads and runs an expression; `grammar`, `selectors`, `functions`
and `operators` are the dialect; `limits` bounds the work.
"""
