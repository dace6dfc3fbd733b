"""Subscription filters in JSONPath, as Jayway reads them.

`jsonpath` is the port; `jayway` runs an expression; `grammar`, `conditions` and `literals` read it;
`selectors` are its steps, with `functions`, `values` and `operators`; `limits` bounds the work.
"""
