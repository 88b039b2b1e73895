"""From the words and signs of an expression to its tree, as CEL binds them."""

from ticketing.playbook.expressions.tokens import RESERVED, Token, Unreadable, number_of, text_of, tokens
from ticketing.playbook.expressions.tree import Binary, Call, Choice, Index, Items, Literal, Member, Name, Tree, Unary

LONGEST, DEEPEST = 1000, 24  # characters, levels: far beyond what anybody reads, far below what hurts

_INSTEAD = {"=": "Write == to compare.", "&": "Write && for “and”.", "|": "Write || for “or”."}
_WORDS = {"and": "Write && for “and”.", "or": "Write || for “or”.", "not": "Write ! for “not”."}


def parse(source: str) -> Tree:
    """The tree of an expression. Raises Unreadable, for the first thing that is wrong."""
    if not source.strip():
        raise Unreadable("The condition is empty", 0, "Write one, or leave the line out.")
    if len(source) > LONGEST:
        raise Unreadable(f"The condition has {len(source):,} characters; {LONGEST:,} are allowed", 0, "Simplify it.")
    return _Parser(tokens(source)).whole()


# Loosest first, as CEL binds them.
_LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._choice()
        if self._now.kind != "end":
            raise self._refusal()
        return tree

    @property
    def _now(self) -> Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> Token | None:
        """The next token, where it is one of these signs or words."""
        token = self._now
        if token.text in texts and token.kind in ("sign", "word"):
            self._next += 1
            return token
        return None

    def _expect(self, text: str) -> Token:
        if token := self._take(text):
            return token
        raise self._refusal(f"{text} is missing")

    def _refusal(self, message: str = "") -> Unreadable:
        """Of what stands here."""
        token = self._now
        if token.kind == "end":
            return Unreadable(message or "The condition ends too early", token.at, "Something has to follow.")
        hint = _INSTEAD.get(token.text) or _WORDS.get(token.text.lower(), "")
        return Unreadable(message or f"{token.text!r} is not expected here", token.at, hint)

    def _choice(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable("The condition is nested too deeply", self._now.at, "Simplify it.")
        condition = self._binary(0)
        if sign := self._take("?"):
            then = self._choice()
            self._expect(":")
            condition = Choice(sign.at, condition, then, self._choice())
        self._depth -= 1
        return condition

    def _binary(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while sign := self._take(*_LEVELS[level]):
            left = Binary(sign.at, sign.text, left, self._binary(level + 1))
        return left

    def _unary(self) -> Tree:
        signs = []
        while sign := self._take("!", "-"):
            signs.append(sign)
            if len(signs) > DEEPEST or sign.text != signs[0].text:
                raise Unreadable("Too many signs in a row", sign.at, "Use brackets.")
        tree = self._member()
        for sign in reversed(signs):
            tree = Unary(sign.at, sign.text, tree)
        return tree

    def _member(self) -> Tree:
        tree = self._primary()
        for _ in range(DEEPEST):
            if self._take("."):
                word = self._word()
                tree = self._call(word, tree) if self._take("(") else Member(word.at, tree, word.text)
            elif bracket := self._take("["):
                tree = Index(bracket.at, tree, self._choice())
                self._expect("]")
            else:
                return tree
        raise Unreadable("The condition is nested too deeply", self._now.at, "Simplify it.")

    def _word(self) -> Token:
        token = self._now
        if token.kind != "word":
            raise self._refusal("A name has to follow the dot")
        self._next += 1
        return token

    def _call(self, word: Token, of: Tree | None) -> Tree:
        return Call(word.at, word.text, of, self._until(")"))

    def _until(self, close: str) -> tuple[Tree, ...]:
        items: list[Tree] = []
        while not self._take(close):
            if items:
                self._expect(",")
            items.append(self._choice())
        return tuple(items)

    def _primary(self) -> Tree:
        token = self._now
        if token.kind in ("number", "text"):
            self._next += 1
            return Literal(token.at, number_of(token) if token.kind == "number" else text_of(token))
        if token.kind == "word":
            return self._named(token)
        if self._take("("):
            tree = self._choice()
            self._expect(")")
            return tree
        if self._take("["):
            return Items(token.at, self._until("]"))
        if token.text == "{":
            raise Unreadable("Maps cannot be written in a condition", token.at)
        raise self._refusal()

    def _named(self, token: Token) -> Tree:
        constants = {"true": True, "false": False, "null": None}
        if token.text in constants:
            self._next += 1
            return Literal(token.at, constants[token.text])
        if token.text in RESERVED or token.text in _WORDS:
            raise self._refusal()
        self._next += 1
        return self._call(token, None) if self._take("(") else Name(token.at, token.text)
