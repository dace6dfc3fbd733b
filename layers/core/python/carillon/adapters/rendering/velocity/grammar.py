"""The grammar of Velocity's expressions and references, in Lark's notation.

Chains of operators are flat, so that a tree is no deeper than its source has brackets.
Source: https://velocity.apache.org/engine/2.3/vtl-reference.html
"""

from functools import cache
from typing import Literal

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

type Start = Literal["condition", "assignment", "loop", "reference"]

_GRAMMAR = r"""
condition: any
assignment: reference "=" any
loop: reference _IN operand

?any: all (_OR all)*
?all: equality (_AND equality)*
?equality: relation ((EQUAL | UNEQUAL) relation)*
?relation: sum ((LEAST | MOST | LESS | MORE) sum)*
?sum: product ((PLUS | MINUS) product)*
?product: unary ((TIMES | DIVIDED | MODULO) unary)*
?unary: (NOT)+ signed -> negation
    | signed
?signed: MINUS primary -> opposite
    | primary
?primary: operand
    | "(" any ")"
?operand: reference | text | integer | fraction | truth | range | list | map

reference: NAME _tail*
    | BRACED _tail* (ELSE any)? CLOSE
_tail: PROPERTY
    | CALL (any ("," any)*)? END_CALL
    | INDEX any END_INDEX

text: TEXT
integer: INTEGER
fraction: FRACTION
truth: TRUE | FALSE
range: "[" limit ".." limit "]"
list: "[" (element ("," element)*)? "]"
map: "{" (element ":" element ("," element ":" element)*)? "}"
?element: operand
    | MINUS (integer | fraction) -> opposite
?limit: reference | integer
    | MINUS integer -> opposite

NAME: /\$!?[A-Za-z_][A-Za-z0-9_]*/
BRACED: /\$!?\{\$?[A-Za-z_][A-Za-z0-9_]*/
CLOSE: "}"
ELSE: "|"
PROPERTY: /\.[A-Za-z_][A-Za-z0-9_]*/
CALL.2: /\.[A-Za-z_][A-Za-z0-9_]*\(/
END_CALL: ")"
INDEX: "["
END_INDEX: "]"
TEXT: /"(?:[^"]|"")*"|'(?:[^']|'')*'/
FRACTION.2: /(?:[0-9]+\.(?!\.)[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+/
INTEGER: /[0-9]+/
TRUE: /true\b/
FALSE: /false\b/
_OR.2: /\|\||or\b/
_AND: /&&|and\b/
NOT: /!(?!=)|not\b/
EQUAL.2: /==|eq\b/
UNEQUAL: /!=|ne\b/
LEAST.2: />=|ge\b/
MOST.2: /<=|le\b/
MORE: />|gt\b/
LESS: /<|lt\b/
PLUS: "+"
MINUS: "-"
TIMES: "*"
DIVIDED: "/"
MODULO: "%"
_IN: /in\b/
%ignore /[ \t\r\n]+/
"""


class SyntaxProblem(Exception):
    """What is wrong with an expression, and how many characters into it."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


def parsed(text: str, start: Start) -> Tree[Token]:
    """Raise SyntaxProblem for what is no expression."""
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        at = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        raise SyntaxProblem(_reason(error, text), min(at, len(text))) from None


@cache
def _parser() -> Lark:
    starts = ["condition", "assignment", "loop", "reference"]
    return Lark(_GRAMMAR, parser="lalr", start=starts, maybe_placeholders=False)


def _reason(error: UnexpectedInput, text: str) -> str:
    if isinstance(error, UnexpectedCharacters):
        return f"{text[error.pos_in_stream :][:20]!r} is not expected here"
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return f"{str(error.token)[:20]!r} is not expected here"
    return "something is missing at the end"
