"""Parses a template into its parts, and takes the line ends of directives as Velocity does.

A directive on a line of its own leaves no line: the blanks before it and the line end behind it go.
"""

import re
from dataclasses import dataclass

from carillon.adapters.rendering.velocity import building, scanner
from carillon.adapters.rendering.velocity.expressions import Expression
from carillon.adapters.rendering.velocity.grammar import SyntaxProblem
from carillon.adapters.rendering.velocity.nodes import (
    Block,
    Break,
    Foreach,
    If,
    Node,
    Set,
    Shown,
    Stop,
    Text,
)
from carillon.adapters.rendering.velocity.scanner import Kind, Piece
from carillon.adapters.rendering.velocity.state import DEEPEST

_LINE_END = re.compile(r"[ \t]*(?:\r\n|\r|\n)")
_INDENT = re.compile(r"(?:^|(?<=[\r\n]))[ \t]+\Z")
_MOST_WITHIN = 4  # templates in texts within templates


@dataclass(frozen=True)
class Template:
    """A parsed template, and whether it changes its data."""

    block: Block
    changes: bool


def parse(source: str) -> Template:
    """Raise SyntaxProblem, with the place, for what cannot be rendered."""
    parser = _Parser(source, building.Notes(), 0)
    return Template(parser.whole(), parser.notes.changes)


class _Parser:
    def __init__(self, source: str, notes: building.Notes, within: int) -> None:
        self._source = source
        self.notes = notes
        self._within = within
        self._at = 0
        self._is_after_line = True  # whether nothing but blanks was read since the line began
        self._depth = 0
        self._loops = 0

    def whole(self) -> Block:
        block, end = self._block()
        if end:
            raise SyntaxProblem(f"#{end.text} has no directive to belong to", end.at)
        return block

    def _block(self) -> tuple[Block, Piece | None]:
        """Read parts up to the directive that ends the block, or to the end of the source."""
        parts: list[Node] = []
        while True:
            text, piece = scanner.next_piece(self._source, self._at)
            self._read(text, piece, parts)
            if piece is None:
                return Block(parts), None
            self._at = piece.end
            if piece.kind is Kind.DIRECTIVE:
                if piece.text in {"else", "elseif", "end"}:
                    return Block(parts), piece
                parts.append(self._directive(piece))
            elif piece.kind is Kind.REFERENCE:
                parts.append(self._shown(piece))
                self._is_after_line = False
            else:
                if piece.text:
                    parts.append(Text(piece.text))
                self._is_after_line = piece.is_line

    def _read(self, text: str, piece: Piece | None, parts: list[Node]) -> None:
        """Take a text, without the indent of a directive that follows it."""
        if not text:
            return
        starts_line = self._is_after_line or text[-1:] in "\r\n" or "\n" in text or "\r" in text
        if piece and piece.kind is Kind.DIRECTIVE and starts_line:
            indent = _INDENT.search(text)
            if indent and (self._is_after_line or indent.start() > 0):
                text = text[: indent.start()]
                self._is_after_line = True
            else:
                self._is_after_line = text[-1] in "\r\n"
        else:
            self._is_after_line = text[-1] in "\r\n"
        if text:
            parts.append(Text(text))

    def _directive(self, piece: Piece) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SyntaxProblem(f"directives are nested deeper than {DEEPEST}", piece.at)
        node = self._read_directive(piece)
        self._depth -= 1
        return node

    def _read_directive(self, piece: Piece) -> Node:
        match piece.text:
            case "if":
                return self._if(piece)
            case "foreach":
                return self._foreach(piece)
            case "set":
                return self._set(piece)
            case "break":
                self._skip(piece)
                return Break(in_loop=self._loops > 0)
            case "stop":
                self._skip(piece)
                return Stop()
            case _:
                raise SyntaxProblem(f"#{piece.text} is not supported", piece.at)

    def _if(self, piece: Piece) -> If:
        starts_line = self._is_after_line
        cases: list[tuple[Expression | None, Block]] = []
        word = piece
        condition: Expression | None = self._condition(piece)
        while True:
            self._take_line_end()
            block, end = self._block()
            cases.append((condition, block))
            if end is None:
                raise SyntaxProblem("#if is not ended with #end", piece.at)
            if end.text == "end":
                break
            if word.text == "else":
                raise SyntaxProblem(f"#{end.text} follows #else", end.at)
            word, condition = end, self._condition(end) if end.text == "elseif" else None
        self._end(starts_line)
        return If(cases, self._line(piece.at))

    def _foreach(self, piece: Piece) -> Foreach:
        starts_line = self._is_after_line
        name, items = self._argument(piece).loop()
        self._is_after_line = False
        self._take_line_end()
        self._loops += 1
        block, end = self._block()
        self._loops -= 1
        otherwise = Block([])
        if end and end.text == "else":
            self._take_line_end()
            otherwise, end = self._block()
        if end is None:
            raise SyntaxProblem("#foreach is not ended with #end", piece.at)
        if end.text != "end":
            raise SyntaxProblem(f"#{end.text} has no #if to belong to", end.at)
        self._end(starts_line)
        return Foreach(name, items, block, otherwise, self._line(piece.at))

    def _set(self, piece: Piece) -> Set:
        starts_line = self._is_after_line
        target, expression = self._argument(piece).assignment()
        self._end(starts_line)
        return Set(target, expression, self._line(piece.at))

    def _skip(self, piece: Piece) -> None:
        """Pass over the parentheses that #break and #stop may have."""
        starts_line = self._is_after_line
        found = scanner.argument(self._source, piece.end)
        self._at = found[1] if found else piece.end
        self._end(starts_line)

    def _end(self, starts_line: bool) -> None:
        self._is_after_line = False
        if starts_line:
            self._take_line_end()

    def _take_line_end(self) -> None:
        if found := _LINE_END.match(self._source, self._at):
            self._at = found.end()
            self._is_after_line = True

    def _condition(self, piece: Piece) -> Expression:
        return self._argument(piece).condition()

    def _argument(self, piece: Piece) -> building.Builder:
        """Return the builder of what is in the parentheses behind a directive."""
        found = scanner.argument(self._source, piece.end)
        if found is None:
            raise SyntaxProblem(f"#{piece.text} needs parentheses", piece.at)
        begin, self._at = found
        text = self._source[begin : self._at - 1]
        if not text.strip():
            raise SyntaxProblem(f"the parentheses of #{piece.text} are empty", piece.at)
        return building.Builder(text, begin, self.notes, self._inner)

    def _shown(self, piece: Piece) -> Shown:
        at = piece.at + piece.backslashes
        reference = building.Builder(piece.text, at, self.notes, self._inner).reference()
        return Shown(reference, self._line(piece.at), piece.backslashes)

    def _inner(self, text: str, at: int) -> Block:
        """Parse the template that a text in double quotes is."""
        if self._within >= _MOST_WITHIN:
            raise SyntaxProblem("texts with references are nested too deeply", at)
        try:
            return _Parser(text, self.notes, self._within + 1).whole()
        except SyntaxProblem as problem:
            raise SyntaxProblem(str(problem), at) from None

    def _line(self, at: int) -> int:
        return line_of(self._source, at)


def line_of(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1
