"""Swift source seen as code alone and as comments alone, each with the lines and columns of the original."""

import re

_OPENS_OPERAND = set("=(,:[{&|!?;")


class SwiftText:
    """`code` is the text with comments and the contents of literals blanked; `comments` is the opposite.

    Code inside string interpolations stays in `code`. Raw identifiers keep their length but lose their words.
    `regex_literals` holds the offsets of regular expression literals.
    """

    def __init__(self, text):
        self.text = text
        self.lines = text.split("\n")
        self._code = list(text)
        self._comments = ["\n" if c == "\n" else " " for c in text]
        self.regex_literals = []
        self._scan(0, None)
        self.code = "".join(self._code)
        self.comments = "".join(self._comments)
        self.code_lines = self.code.split("\n")
        self.comment_lines = self.comments.split("\n")

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def _blank(self, start, end):
        for i in range(start, end):
            if self._code[i] != "\n":
                self._code[i] = " "

    def _comment(self, start, end):
        self._comments[start:end] = self.text[start:end]
        self._blank(start, end)

    def _scan(self, i, closing):
        """Reads code from `i`; with `closing`, up to the parenthesis that ends an interpolation."""
        text, depth = self.text, 0
        while i < len(text):
            c = text[i]
            if text.startswith("//", i):
                end = text.find("\n", i)
                end = len(text) if end < 0 else end
                self._comment(i, end)
                i = end
            elif text.startswith("/*", i):
                end, nested = i + 2, 1
                while end < len(text) and nested:
                    if text.startswith("/*", end):
                        nested, end = nested + 1, end + 2
                    elif text.startswith("*/", end):
                        nested, end = nested - 1, end + 2
                    else:
                        end += 1
                self._comment(i, end)
                i = end
            elif match := re.compile(r'(#*)("""|")').match(text, i):
                i = self._string(match.end(), match[1], match[2])
            elif c == "`":
                end = text.find("`", i + 1)
                end = i if end < 0 else end
                if not text[i + 1 : end].isidentifier():
                    self._code[i + 1 : end] = "_" * max(0, end - i - 1)
                i = end + 1
            elif end := self._regex(i):
                self.regex_literals.append(i)
                self._blank(i + 1, end)
                i = end + 1
            else:
                if closing and c == "(":
                    depth += 1
                elif closing and c == ")":
                    if depth == 0:
                        return i + 1
                    depth -= 1
                i += 1
        return i

    def _string(self, i, hashes, quote):
        """Blanks a literal's contents from `i` on; returns the offset behind its end."""
        text, start = self.text, i
        while i < len(text):
            if text.startswith(quote + hashes, i):
                self._blank(start, i)
                return i + len(quote) + len(hashes)
            if text.startswith("\\" + hashes, i):
                after = i + 1 + len(hashes)
                if text.startswith("(", after):
                    self._blank(start, i)
                    i = start = self._scan(after + 1, ")")
                else:
                    i = after + 1
            elif text[i] == "\n" and quote == '"':
                break
            else:
                i += 1
        self._blank(start, i)
        return i

    def _regex(self, i):
        """The offset of the last character of a regular expression literal at `i`, or None."""
        text = self.text
        if text[i] == "#":
            match = re.compile(r"(#+)/.*?/\1", re.S).match(text, i)
            return match.end() - 1 if match else None
        if text[i] != "/" or text[i + 1 : i + 2] in ("", " ", "\n", ")", ",", "/", "*", "="):
            return None
        before = text[text.rfind("\n", 0, i) + 1 : i].rstrip()
        starts_operand = not before or before[-1] in _OPENS_OPERAND or re.search(r"\b(return|in|case)$", before)
        if not starts_operand:
            return None
        match = re.compile(r"/(?:\\.|[^/\\\n])+/").match(text, i)
        return match.end() - 1 if match else None
