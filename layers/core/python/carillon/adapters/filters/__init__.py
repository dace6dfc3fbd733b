"""Subscription filters in JSONPath, as Jayway reads them.

`jsonpath` is the port; `jayway` runs an expression; `grammar`, `conditions` and `literals` read it;
`paths` walks it by its steps, `selectors`, with `functions`, `values` and `operators`; `limits`
bounds the work.
"""
