"""How each service reads text: `markdown` where it has an escape, `lookalikes` where it has none.

`authored` finds what the author wrote around data; `cutting` shortens without breaking structure.
"""
