"""Templates in Velocity 2.x: its grammar, and an evaluator over plain JSON.

`compiling` is the way in. `syntax` parses a template, with `scanner` for text, `grammar` for
expressions and `building` for what these become: `nodes`, `expressions`, `references`. `values`,
`numbers` and `dates` see JSON as Java would; `methods` (of `texts` and `collections`) and `tools`
are all that a template can call; `markup` tells its words from data; `state` bounds a rendering.

Source: https://velocity.apache.org/engine/2.3/vtl-reference.html
"""
