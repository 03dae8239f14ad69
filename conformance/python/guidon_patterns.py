"""RE2 patterns by Python's re, as far as the two can agree.

RE2 is not re. What differs is translated (`$`, `\\d`, `\\z`, `(?i)` in the middle, `[[:alpha:]]`, `\\x{…}`, `\\Q…\\E`) or refused
(look-around, back references, possessive and doubled repetition). Left are: `\\p{…}`, `\\C` and `(?U)`, which raise
Unsupported; `(?i)` on `i`, which in re also finds U+0130 and U+0131; and time, which re does not bound.
"""
import re

SIZE_MAX = 5000
REPEAT_MAX = 1000

POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}
CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}


class Refused(Exception):
    """No RE2 pattern, or too large."""


class Unsupported(Exception):
    """RE2 knows it, this translation does not."""


def compiled(pattern, ignore_case):
    if size(pattern) > SIZE_MAX:
        raise Refused("too large")
    text = Translation(pattern).text()
    try:
        return re.compile(text, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError) as e:
        raise Refused(str(e))


REPEAT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")


def size(pattern):
    """Characters, escapes and classes count 1, groups 1 and their parts, repetitions as often as they are."""
    sums = [0]
    last = 0
    at = 0
    while at < len(pattern):
        c = pattern[at]
        if c == "(":
            sums.append(1)
            last = 0
            at += 1
        elif c == ")" and len(sums) > 1:
            last = sums.pop()
            sums[-1] += last
            at += 1
        elif c == "{" and REPEAT.match(pattern, at):
            found = REPEAT.match(pattern, at)
            least = int(found.group(1))
            most = int(found.group(3)) if found.group(3) else (least + 1 if found.group(2) else least)
            more = last * max(0, max(least, most) - 1)
            sums[-1] += more
            last += more
            at = found.end()
        else:
            sums[-1] += 1
            last = 1
            if pattern.startswith(r"\Q", at):
                end = pattern.find(r"\E", at)
                at = len(pattern) if end < 0 else end + 2
            elif c == "\\":
                at += 2
            elif c == "[":
                at = class_end(pattern, at)
            else:
                at += 1
    return sum(sums)


def class_end(pattern, at):
    at += 1
    at += pattern.startswith("^", at)
    at += pattern.startswith("]", at)
    while at < len(pattern) and pattern[at] != "]":
        if pattern.startswith("[:", at) and pattern.find(":]", at + 2) >= 0:
            at = pattern.find(":]", at + 2) + 2
        else:
            at += 2 if pattern[at] == "\\" else 1
    return at + 1


class Translation:
    def __init__(self, pattern):
        self.pattern = pattern
        self.at = 0
        self.multiline = False

    def text(self):
        text = self.alternatives()
        if self.at < len(self.pattern):
            raise Refused("a closing parenthesis")
        return text

    def alternatives(self):
        """Up to the end or a closing parenthesis."""
        multiline = self.multiline
        out = []
        opened = 0
        can_repeat = False
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            c = self.pattern[self.at]
            if c in "*+?" or (c == "{" and REPEAT.match(self.pattern, self.at)):
                if not can_repeat:
                    raise Refused("a repetition of nothing, or of a repetition")
                out.append(self.repetition())
                can_repeat = False
            elif c == "|":
                # A flag that was switched on goes on in the next alternative.
                self.at += 1
                out.append("|")
                can_repeat = False
            elif c == "(":
                piece, opens = self.group()
                out.append(piece)
                opened += opens
                can_repeat = not opens
            else:
                out.append(self.atom(c))
                can_repeat = True
        self.multiline = multiline
        return "".join(out) + ")" * opened

    def repetition(self):
        found = REPEAT.match(self.pattern, self.at)
        if found:
            least = int(found.group(1))
            most = int(found.group(3)) if found.group(3) else least
            if least > REPEAT_MAX or most > REPEAT_MAX or most < least:
                raise Refused("a repetition " + found.group())
            self.at = found.end()
            text = found.group()
        else:
            text = self.pattern[self.at]
            self.at += 1
        if self.pattern.startswith("?", self.at):
            self.at += 1
            text += "?"
        return text

    def group(self):
        rest = self.pattern[self.at:]
        named = re.match(r"\((\?P?<([A-Za-z0-9_]+)>)", rest)
        flags = re.match(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])", rest)
        if named:
            self.at += named.end()
            start = "(?P<" + named.group(2) + ">"
        elif flags:
            return self.flagged(flags)
        elif rest.startswith("(?"):
            raise Refused("no group of RE2: " + rest[:4])
        else:
            self.at += 1
            start = "("
        return start + self.closed(), 0

    def flagged(self, found):
        on, off, end = found.group(1), found.group(2) or "", found.group(3)
        if "U" in on + off:
            raise Unsupported("(?U)")
        self.at += found.end()
        before = self.multiline
        self.multiline = ("m" in on or before) and "m" not in off
        # re is told of i and s only; m is done here.
        told = "(?" + "".join(c for c in on if c in "is")
        told += ("-" + "".join(c for c in off if c in "is")) if any(c in "is" for c in off) else ""
        if end == ")":
            return told + ":", 1
        text = told + ":" + self.closed()
        self.multiline = before
        return text, 0

    def closed(self):
        text = self.alternatives()
        if self.at >= len(self.pattern):
            raise Refused("a parenthesis that nothing closes")
        self.at += 1
        return text + ")"

    def atom(self, c):
        if c == "\\":
            return self.escape(in_class=False)
        if c == "[":
            return self.char_class()
        self.at += 1
        if c == "^":
            return "(?m:^)" if self.multiline else r"\A"
        if c == "$":
            return "(?m:$)" if self.multiline else r"\Z"
        return c if c == "." else re.escape(c)

    def escape(self, in_class):
        rest = self.pattern[self.at + 1:]
        if not rest:
            raise Refused("a backslash at the end")
        c = rest[0]
        hexed = re.match(r"x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))", rest)
        if hexed:
            self.at += 1 + hexed.end()
            code = int(hexed.group(1) or hexed.group(2), 16)
            if code > 0x10FFFF:
                raise Refused("no code point")
            return re.escape(chr(code))
        if c == "Q" and not in_class:
            end = self.pattern.find(r"\E", self.at)
            quoted = self.pattern[self.at + 2:len(self.pattern) if end < 0 else end]
            self.at = len(self.pattern) if end < 0 else end + 2
            return re.escape(quoted)
        self.at += 2
        if c in "pPC":
            raise Unsupported("\\" + c)
        if c.lower() in CLASSES:
            members = CLASSES[c.lower()]
            if in_class:
                if c.isupper():
                    raise Unsupported("\\" + c + " in a class")
                return members
            return "[" + ("^" if c.isupper() else "") + members + "]"
        if c in "bB" and not in_class:
            return "(?a:\\" + c + ")"
        if c == "A" and not in_class:
            return r"\A"
        if c == "z" and not in_class:
            return r"\Z"
        if c in "aftnrv":
            return "\\" + c
        if c.isascii() and not c.isalnum():
            return re.escape(c)
        raise Refused("no escape of RE2: \\" + c)

    def char_class(self):
        start = self.at
        end = class_end(self.pattern, start)
        if end > len(self.pattern):
            raise Refused("a class that nothing closes")
        self.at += 1
        out = ["["]
        if self.pattern[self.at] == "^":
            out.append("^")
            self.at += 1
        while self.at < end - 1:
            posix = re.compile(r"\[:(\^?)([a-z]+):\]").match(self.pattern, self.at)
            c = self.pattern[self.at]
            if posix:
                if posix.group(1) or posix.group(2) not in POSIX:
                    raise Unsupported(posix.group())
                out.append(POSIX[posix.group(2)])
                self.at = posix.end()
            elif c == "\\":
                out.append(self.escape(in_class=True))
            else:
                self.at += 1
                out.append(c if c == "-" else re.escape(c))
        self.at = end
        return "".join(out) + "]"
