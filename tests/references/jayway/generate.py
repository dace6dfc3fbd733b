"""Generates filters and documents: each part of the dialect, on zero, one, two and more hits."""

import json
import random
from collections.abc import Iterator
from typing import Any

NAMES = ("attribute", "old", "new", "tags", "in", "size", "d:Id", "@context", "1a", "a.b")
WORDS = (
    "department",
    "phone",
    "1",
    "1.0",
    "",
    "true",
    "a b",
    "Ana",
    "$.a",
    "@x",
    "[1]",
    "'q'",
    "é",
)
NUMBERS = (0, 1, 2, 3, -1, 1.0, 1.5, 10_000_000.0, 0.0001, 12345678901234567890)
PATTERNS = (
    "/dep.*/",
    "/DEP.*/i",
    "/.*/",
    "/\\\\d+/",
    "/^a b$/",
    "/(a|A)na/",
    "/a.*/is",
    "//",
    "/[0-9.]+/",
)
LITERALS = (
    *("'department'", '"phone"', "1", "1.0", "1e0", "-1", "0.5", "true", "false", "null", "''"),
    *("[]", "{}", "['department','phone']", "[1,2,3]", "['1']", "[null]", "[true, 1]", "[a, b]"),
    *("{'attribute': 'department'}", "[1]", "'it\\\\'s'", "'a b'", "'$.a'", "[1.0]"),
)
OPERATORS = (
    *("==", "!=", "===", "!==", "<", "<=", ">", ">=", "=~", "in", "nin", "contains", "size"),
    *("empty", "subsetof", "anyof", "noneof", "IN", "Contains"),
)
SETS = ("in", "nin", "subsetof", "anyof", "noneof")
FUNCTIONS = ("length", "size", "keys", "min", "max", "avg", "sum", "stddev", "first", "last")
CALLS = ("index(0)", "index(1)", "index(-1)", "append(1)", 'concat("x")', "sum($.n)", "index(9)")
STEPS = (
    *(".changes", ".attribute", ".old", ".new", ".tags", ".n", ".none", ".source", ".name"),
    *("['changes']", '["attribute"]', "['attribute','old']", "['old', 'nope']", "[*]", ".*"),
    *("[0]", "[1]", "[-1]", "[0,1]", "[1,9]", "[0:2]", "[1:]", "[:1]", "[-1:]", "[:-1]", "[-2:1]"),
    *("..attribute", "..*", "..[0]", "..tags", "..old", "..in", ".in", "..changes[*]", ".missing"),
    *(".[0]", ".['name']", ".[*]", ".d:Id", ".@context", ".1a", "..[0].attribute", "..new"),
)
REFUSED = (
    *("$.a b", "$[?@.a]", "$[?(@.a and @.b)]", "$[?(not @.a)]", "$.a[", "$..", "$.", "a..", "$a"),
    *("$[?(@.a == )]", "$[?(@.a == x)]", "$[?(@.a ~ 1)]", "$[?()]", "$[?(1)]", "$['a]", "$[a]"),
    *("$[?(@.a == 1]", "$[?(@.a =~ /(/)]", "$[(@.a)]", "$[?(@.a == 'x)]", "$[1 2]", "$[::]"),
    *(
        "$.a[?]",
        "$[?(@.a <> 1)]",
        "$[?(@.a == undefined)]",
        "$.a.length(",
        "$[99999999999]",
        "$[:]",
    ),
    *("$[?(@.a or @.b)]", "$.a()b(", "$[?(@.a == 1) && (@.b)]", "$[?((@.a)]", "$[?(@.a = 1)]"),
    *("$[?(== 1)]", "$['a',]", "$['a' 'b']", "$[?(!1)]", "$ .a", "$[?(@['a)]", "$[?(@.a &&)]"),
)


PIECES = (
    *"$@.[]()?!*'\"\\/,:-=<>~&| {}0129eEanu%\u00e9x\t",
    *(
        "..",
        "==",
        "&&",
        "||",
        "[*]",
        "[?(",
        "in ",
        "!(",
        "()",
        ".length()",
        "null",
        "true",
        "\\u0041",
    ),
    *("\\'", "[','']", "['a','b']", "{}", "[]", "  ", '.concat("a",$.n)', ".index(-2)", "=~ /a/i"),
)


class Generator:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pairs(self, count: int) -> Iterator[tuple[str, str]]:
        for filter_ in REFUSED:
            yield filter_, "{}"
        for _ in range(count - len(REFUSED)):
            yield self._filter(), json.dumps(self._document(), ensure_ascii=False)

    def edited(self, count: int) -> Iterator[tuple[str, str]]:
        """Return filters with random edits, most of which are no paths any more."""
        for _ in range(count):
            found = self._filter()
            for _ in range(self._random.randint(1, 3)):
                place = self._random.randint(0, len(found))
                cut = self._one((0, 0, 1, 1, 2, 3))
                piece = self._one(PIECES) if self._chance(0.6) else ""
                found = found[:place] + piece + found[place + cut :]
            yield found, json.dumps(self._document(), ensure_ascii=False)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _one(self, of: Any) -> Any:
        return self._random.choice(of)

    def _filter(self) -> str:
        match self._random.randrange(10):
            case 0:
                return "$" + self._steps(3)
            case 1:
                return "$" + self._steps(2) + self._function()
            case 2 | 3:
                over = self._one(
                    ("$.changes", "$..changes", "$.source", "$.", "$.rows", "$..", "$.n")
                )
                return (
                    over
                    + f"[?({self._condition(2)})]"
                    + (self._steps(1) if self._chance(0.2) else "")
                )
            case 4:
                return f"$.changes[?({self._condition(1, '@')})]"
            case _:
                return f"$[?({self._condition(2)})]"

    def _steps(self, most: int) -> str:
        return "".join(self._one(STEPS) for _ in range(self._random.randint(1, most)))

    def _function(self) -> str:
        return "." + (self._one(CALLS) if self._chance(0.4) else self._one(FUNCTIONS) + "()")

    def _path(self, root: str = "") -> str:
        root = root or self._one("$$@")
        if self._chance(0.1):
            return f"{root}.changes[?(@.attribute == 'department')]" + self._one(
                ("", ".old", "[0]")
            )
        if self._chance(0.15):
            return root + self._steps(1) + self._function()
        return root + self._steps(2)

    def _condition(self, depth: int, root: str = "") -> str:
        if depth and self._chance(0.3):
            left, right = self._condition(depth - 1, root), self._condition(depth - 1, root)
            joined = left + self._one((" && ", " || ", "&&", "||")) + right
            return f"({joined})" if self._chance(0.3) else joined
        if self._chance(0.1):
            return f"!({self._condition(0, root)})"
        if self._chance(0.15):
            return self._one(("", "", "!")) + self._path(root)
        return self._comparison(root)

    def _comparison(self, root: str) -> str:
        operator = self._one(OPERATORS)
        left = self._path(root) if self._chance(0.85) else self._one(LITERALS)
        match operator:
            case "=~":
                right = self._one(PATTERNS)
            case "size":
                right = self._one(("0", "1", "2", "3", "'1'", "-1"))
            case "empty":
                right = self._one(("true", "false", "1"))
            case _ if self._chance(0.25):
                right = self._path(root)
            case _:
                lists = [one for one in LITERALS if one[0] == "["]
                right = self._one(lists if operator in SETS and self._chance(0.8) else LITERALS)
        blank = " " if operator.isalpha() or self._chance(0.7) else ""
        return f"{left}{blank}{operator}{blank}{right}"

    def _scalar(self) -> Any:
        return self._one((self._one(WORDS), self._one(NUMBERS), True, False, None))

    def _change(self) -> Any:
        if self._chance(0.05):
            return self._scalar()
        found: dict[str, Any] = {"attribute": self._one(("department", "phone", "Ana", None, 1))}
        for name in ("old", "new", "in"):
            if self._chance(0.6):
                found[name] = self._scalar()
        if self._chance(0.3):
            found["tags"] = self._list()
        return found

    def _list(self) -> list[Any]:
        scalars = [self._scalar() for _ in range(self._random.randint(0, 3))]
        return [*scalars, *([[1]] if self._chance(0.05) else [])]

    def _document(self) -> dict[str, Any]:
        count = self._one((0, 1, 1, 2, 2, 3))
        found: dict[str, Any] = {"changes": [self._change() for _ in range(count)]}
        if self._chance(0.05):
            found["changes"] = self._one((None, "x", {}, {"attribute": "department"}))
        for name in (*NAMES, "name"):
            if self._chance(0.35):
                found[name] = self._list() if name == "tags" else self._scalar()
        if self._chance(0.5):
            found["source"] = {"attribute": "phone", "name": self._scalar(), "tags": self._list()}
        if self._chance(0.5):
            found["n"] = [self._one(NUMBERS) for _ in range(self._random.randint(0, 3))]
        if self._chance(0.3):
            found["rows"] = [self._list() for _ in range(self._random.randint(0, 2))]
        if self._chance(0.5):
            found["none"] = self._one(([], {}, None, ""))
        return found
