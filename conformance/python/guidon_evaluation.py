"""A second evaluator, written from docs/reference/evaluation.md alone. Standard library only.

    state = State(scene)                     # or State(scene, earlier_state)
    state.answer(key, context, now, age=0, type=None)

A scene has region, flags, segments, layers (documents by key) and blobs (arrays by hash). JSON must be read with every
number as a float: json.loads(text, parse_int=float).
"""
import hashlib
import math
import re
import unicodedata
from datetime import date

from guidon_patterns import Refused, compiled

MASK = 0xFFFFFFFF
WHOLE = 100_000
COST_MAX = 100_000
DEPTH_MAX = 50
NOW_NAMES = ("$region", "$now")


# Text.


def units(text):
    """How many UTF-16 code units."""
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


WHITE = set("\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2028\u2029\u205f\u3000") | {
    chr(c) for c in range(0x2000, 0x200B) if c != 0x2007}


def is_key(text, most):
    if not isinstance(text, str) or not 1 <= units(text) <= most or text[0] in WHITE or text[-1] in WHITE:
        return False
    return not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or 0xD800 <= ord(c) <= 0xDFFF for c in text)


def folding():
    """Simple upper-case mapping, then simple lower-case mapping, of what Unicode 13.0 knows."""
    table = {}
    for code in range(0x10000):
        if code in (0x1C89, 0x2C2F, 0xA7C0) or 0xA7CB <= code <= 0xA7F4:
            continue
        c = chr(code)
        # upper() is the full mapping; where that has several characters, the simple one either does not exist or comes
        # back to the same character by the lower-case mapping.
        upper = c.upper() if len(c.upper()) == 1 else c
        lower = upper.lower() if len(upper.lower()) == 1 else ("i" if upper == "\u0130" else upper)
        if lower != c:
            table[code] = lower
    lines = "".join("%04X %04X\n" % (code, ord(to)) for code, to in table.items())
    if hashlib.sha256(lines.encode()).hexdigest() != "3db97d7b24aedd31a448245491e347b98abd3796a42ce1e011b27d8f402f53f3":
        raise RuntimeError("the case tables of this Python, Unicode " + unicodedata.unidata_version + ", are not those of the page")
    return table


FOLDING = folding()


def fold(text):
    return text.translate(FOLDING)


# Buckets.


def rotl(x, by):
    return (x << by | x >> 32 - by) & MASK


def mixed(k):
    return rotl(k * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK


def murmur3(data, seed=0):
    h = seed & MASK
    whole = len(data) // 4 * 4
    for i in range(0, whole, 4):
        h = rotl(h ^ mixed(int.from_bytes(data[i:i + 4], "little")), 13) * 5 + 0xE6546B64 & MASK
    if whole < len(data):
        h ^= mixed(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def utf8(text):
    return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text).encode("utf-8")


def bucket(salt, unit):
    return murmur3(utf8(salt) + utf8(unit)) * WHOLE >> 32


def unit_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, float) else None


def number_text(value):
    """As ECMAScript writes it; whole ones by all their digits."""
    if value == int(value):
        return str(int(value))
    digits, exponent = re.match(r"-?([0-9.]+)(?:e([-+]?[0-9]+))?$", repr(value)).groups()
    whole, _, fraction = digits.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    sign = "-" if value < 0 else ""
    if point > 0:
        return sign + digits[:point] + "." + digits[point:]
    if point > -6:
        return sign + "0." + "0" * -point + digits
    return sign + digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "e-" + str(1 - point)


# Versions, instants, addresses.

IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
VERSION = re.compile(r"[vV]?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-(" + IDENTIFIERS + r"))?(?:\+" + IDENTIFIERS + r")?")


def version(text):
    """Something that compares as versions do, or None."""
    if not isinstance(text, str) or units(text) > 256:
        return None
    found = VERSION.fullmatch(text)
    if not found:
        return None
    numbers = []
    for part in found.group(1, 2, 3):
        part = part or "0"
        if len(part) > 1 and part[0] == "0" or int(part) > 9223372036854775807:
            return None
        numbers.append(int(part))
    if found.group(4) is None:
        return numbers, 1, []
    prerelease = []
    for part in found.group(4).split("."):
        if part.isdigit():
            if len(part) > 1 and part[0] == "0":
                return None
            prerelease.append((0, int(part), ""))
        else:
            prerelease.append((1, 0, part))
    return numbers, 0, prerelease


INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))")


def days_before(year, month, day):
    """Days since 1970-01-01, also in the year 0, which datetime does not know."""
    if year > 0:
        return date(year, month, day).toordinal() - 719163
    return date(year + 400, month, day).toordinal() - 719163 - 146097


def instant(text):
    """Microseconds since 1970, or None."""
    found = INSTANT.fullmatch(text) if isinstance(text, str) and 20 <= units(text) <= 40 else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.group(1, 2, 3, 4, 5, 6))
    offset = 0
    if found.group(8):
        hours, minutes = int(found.group(9)), int(found.group(10))
        if hours > 23 or minutes > 59:
            return None
        offset = (hours * 3600 + minutes * 60) * (-1 if found.group(8) == "-" else 1)
    if hour > 23 or minute > 59 or second > 59:
        return None
    try:
        days = days_before(year, month, day)
    except ValueError:
        return None
    seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
    if not -62135596800 <= seconds <= 253402300799:
        return None
    return seconds * 1_000_000 + int((found.group(7) or "")[:6].ljust(6, "0"))


def moment(value):
    """The instant of an attribute."""
    if isinstance(value, float) and not isinstance(value, bool):
        micros = value * 1000
        return math.floor(micros) if math.isfinite(micros) else micros
    return instant(value)


V4 = re.compile(r"(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})")


def v4(text):
    found = V4.fullmatch(text)
    if not found or any(int(part) > 255 for part in found.groups()):
        return None
    a, b, c, d = (int(part) for part in found.groups())
    return a << 24 | b << 16 | c << 8 | d


def groups(text):
    """The numbers of groups separated by ':', the last perhaps IPv4; None when one is none."""
    out = []
    parts = text.split(":") if text else []
    for i, part in enumerate(parts):
        if i == len(parts) - 1 and "." in part:
            last = v4(part)
            if last is None:
                return None
            out += [last >> 16, last & 0xFFFF]
        elif re.fullmatch(r"[0-9A-Fa-f]{1,4}", part):
            out.append(int(part, 16))
        else:
            return None
    return out


def address(text):
    """128 bits, or None."""
    if not isinstance(text, str) or units(text) > 45:
        return None
    if ":" not in text:
        plain = v4(text)
        return None if plain is None else 0xFFFF << 32 | plain
    head, gap, tail = text.partition("::")
    if gap and ("::" in tail or "." in head or tail.startswith(":")):
        return None
    first, last = groups(head), groups(tail)
    if first is None or last is None:
        return None
    if gap:
        if len(first) + len(last) > 7:
            return None
        first = first + [0] * (8 - len(first) - len(last)) + last
    if len(first) != 8:
        return None
    value = 0
    for group in first:
        value = value << 16 | group
    return value


def cidr(text):
    """Address and number of bits that count, of 128, or None."""
    if not isinstance(text, str):
        return None
    name, slash, bits = text.partition("/")
    at = address(name)
    if at is None:
        return None
    if not slash:
        return at, 128
    widest = 128 if ":" in name else 32
    if not re.fullmatch(r"[0-9]{1,3}", bits) or int(bits) > widest:
        return None
    return at, int(bits) + 128 - widest


# Reading documents.


class Cannot(Exception):
    """The document cannot be used."""


def need(holds, what):
    if not holds:
        raise Cannot(what)


def is_number(value):
    return isinstance(value, float)


def is_whole(value, least, most):
    return is_number(value) and value == math.floor(value) and least <= value <= most


def member(obj, name, kinds, otherwise):
    """A member that may be absent or null."""
    value = obj.get(name)
    if value is None:
        return otherwise
    need(isinstance(value, kinds) and not (kinds is not bool and isinstance(value, bool)), name)
    return value


def array(obj, name, most):
    value = member(obj, name, list, [])
    need(len(value) <= most, name)
    return value


def an_object(value, what):
    need(isinstance(value, dict), what)
    return value


def read_kind(obj):
    kind = member(obj, "kind", str, "user")
    need(is_key(kind, 64), "kind")
    return kind


def is_attribute(name):
    return is_key(name, 256) and (not name.startswith("$") or name in NOW_NAMES)


ADMITS = {
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "number": is_number,
    "object": lambda value: isinstance(value, (dict, list)),
}


def read_envelope(document):
    envelope = an_object(an_object(document, "document").get("envelope"), "envelope")
    need(is_key(envelope.get("key"), 256), "envelope.key")
    need(isinstance(envelope.get("type"), str) and envelope["type"] in ADMITS, "envelope.type")
    need(isinstance(envelope.get("on"), bool), "envelope.on")
    variants = an_object(envelope.get("variants"), "envelope.variants")
    need(1 <= len(variants) <= 200, "envelope.variants")
    for name, value in variants.items():
        need(is_key(name, 256) and ADMITS[envelope["type"]](value), "variant " + name)
    off = envelope.get("offVariant")
    need(off is None or isinstance(off, str) and off in variants, "envelope.offVariant")
    return {"key": envelope["key"], "type": envelope["type"], "on": envelope["on"], "variants": variants, "off": off}


def read_variant(obj, name, variants):
    need(name in obj, name)
    value = obj[name]
    need(value is None or isinstance(value, str) and value in variants, name)
    return value


def read_serve(json, variants):
    an_object(json, "serve")
    if "split" in json:
        split = an_object(json["split"], "split")
        shares = []
        for share in array(split, "shares", 200):
            an_object(share, "share")
            need(is_whole(share.get("weight"), 0, WHOLE), "weight")
            shares.append((read_variant(share, "variant", variants), int(share["weight"])))
        need(sum(weight for _, weight in shares) == WHOLE, "weights")
        if "unit" in split:
            need(is_attribute(split["unit"]), "unit")
            unit = (read_kind(split), split["unit"])
        else:
            unit = (read_kind(split), "targetingKey")
        return "split", shares, unit, member(split, "salt", str, None)
    if "policy" in json:
        policy = an_object(json["policy"], "policy")
        need(isinstance(policy.get("key"), str), "policy.key")
        return "policy", read_variant(policy, "fallback", variants)
    need("variant" in json, "serve")
    return "variant", read_variant(json, "variant", variants)


def read_keys(obj, name):
    """A set of texts, or a list of hashes."""
    value = obj.get(name)
    if value is None:
        return set()
    if isinstance(value, list):
        need(len(value) <= 1_000_000, name)
        need(all(isinstance(key, str) and 1 <= units(key) <= 256 for key in value), name)
        return set(value)
    an_object(value, name)
    need(is_whole(value.get("count"), 0, 1_000_000), name)
    chunks = array(value, "chunks", 4096)
    need(len(chunks) in (1, 4, 16, 64, 256, 1024, 4096), name)
    need(all(isinstance(chunk, str) and re.fullmatch("[0-9a-f]{64}", chunk) for chunk in chunks), name)
    return chunks


CASED = ("in", "contains", "startsWith", "endsWith", "matches")
ORDERS = {
    "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b, "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
    "semverEq": lambda a, b: a == b, "semverLt": lambda a, b: a < b, "semverLte": lambda a, b: a <= b,
    "semverGt": lambda a, b: a > b, "semverGte": lambda a, b: a >= b,
}


def read_condition(json, depth=1):
    need(depth <= 32, "depth of conditions")
    an_object(json, "condition")
    for name in ("all", "any"):
        if name in json:
            return name, [read_condition(part, depth + 1) for part in array(json, name, 1000)]
    if "not" in json:
        return "not", read_condition(json["not"], depth + 1)
    if "segment" in json:
        need(is_key(json["segment"], 256), "segment")
        return "segment", json["segment"], member(json, "negate", bool, False)
    need("attribute" in json, "condition")
    return read_test(json)


def read_test(json):
    need(is_attribute(json["attribute"]), "attribute")
    where = (read_kind(json), json["attribute"])
    op = json.get("op")
    ignore_case = member(json, "ignoreCase", bool, False)
    negate = member(json, "negate", bool, False)
    need(not ignore_case or op in CASED, "ignoreCase")
    values = array(json, "values", 10_000)
    return "test", where, test(op, values, ignore_case), negate, (op, values)


def test(op, values, ignore_case):
    """What tells whether one value passes; it is never absent, never a list."""
    if op == "present":
        need(not values, "values")
        return None
    need(bool(values), "values")
    if op in ("lt", "lte", "gt", "gte"):
        need(len(values) == 1 and is_number(values[0]), "values")
        return lambda value: is_number(value) and ORDERS[op](value, values[0])
    if op in ORDERS:
        bound = version(values[0])
        need(len(values) == 1 and bound is not None, "values")
        return lambda value: version(value) is not None and ORDERS[op](version(value), bound)
    if op in ("before", "after"):
        bound = instant(values[0])
        need(len(values) == 1 and bound is not None, "values")
        return lambda value: moment(value) is not None and (moment(value) < bound) == (op == "before")
    if op == "in":
        need(all(isinstance(value, (str, float, bool)) for value in values), "values")
        wanted = {(type(value), fold(value) if ignore_case and isinstance(value, str) else value) for value in values}
        return lambda value: isinstance(value, (str, float, bool)) and (
            type(value), fold(value) if ignore_case and isinstance(value, str) else value) in wanted
    if op == "inCidr":
        ranges = [cidr(value) for value in values]
        need(None not in ranges, "values")
        return lambda value: address(value) is not None and any(
            address(value) >> 128 - bits == at >> 128 - bits for at, bits in ranges)
    need(op in ("contains", "startsWith", "endsWith", "matches"), "op")
    need(all(isinstance(value, str) for value in values), "values")
    if op == "matches":
        need(all(units(value) <= 2000 for value in values), "values")
        try:
            patterns = [compiled(value, ignore_case) for value in values]
        except Refused as e:
            raise Cannot(str(e))
        return lambda value: isinstance(value, str) and any(pattern.search(value) for pattern in patterns)
    has = {"contains": str.__contains__, "startsWith": str.startswith, "endsWith": str.endswith}[op]
    if ignore_case:
        folded = [fold(value) for value in values]
        return lambda value: isinstance(value, str) and any(has(fold(value), part) for part in folded)
    return lambda value: isinstance(value, str) and any(has(value, part) for part in values)


def read_flag(key, document):
    envelope = read_envelope(document)
    need(envelope["key"] == key, "envelope.key")
    variants = envelope["variants"]
    prerequisites = []
    for one in array(document, "prerequisites", 50):
        an_object(one, "prerequisite")
        need(is_key(one.get("flag"), 256), "prerequisite.flag")
        wanted = array(one, "variants", 200)
        need(wanted and all(isinstance(name, str) for name in wanted), "prerequisite.variants")
        prerequisites.append((one["flag"], set(wanted)))
    targets = []
    for one in array(document, "targets", 200):
        an_object(one, "target")
        variant = read_variant(one, "variant", variants)
        need(variant is not None, "target.variant")
        targets.append((variant, read_kind(one), read_keys(one, "keys")))
    rules = []
    for one in array(document, "rules", 500):
        an_object(one, "rule")
        need(is_key(one.get("id"), 256) and one["id"] not in [rule["id"] for rule in rules], "rule.id")
        member(one, "name", str, None)
        window = []
        for name in ("from", "until"):
            text = member(one, name, str, None)
            window.append(None if text is None else instant(text))
            need(text is None or window[-1] is not None, name)
        need(None in window or window[0] < window[1], "until")
        when = None if one.get("if") is None else read_condition(one["if"])
        rules.append({"id": one["id"], "from": window[0], "until": window[1], "if": when,
                      "serve": read_serve(one.get("serve"), variants)})
    default = read_serve(document.get("default"), variants)
    salt = member(document, "salt", str, None)
    member(document, "clientVisible", bool, False)
    layer = member(document, "layer", str, None)
    need(layer is None or is_key(layer, 256), "layer")
    staleness = None
    if document.get("staleness") is not None:
        bound = an_object(document["staleness"], "staleness")
        need(is_whole(bound.get("seconds"), 1, 31_536_000), "staleness.seconds")
        staleness = (bound["seconds"], read_variant(bound, "variant", variants))
    metadata = member(document, "metadata", dict, {})
    need(len(metadata) <= 100 and all(isinstance(value, (str, float, bool)) for value in metadata.values()), "metadata")
    return {"key": key, "envelope": envelope, "prerequisites": prerequisites, "targets": targets, "rules": rules,
            "default": default, "salt": key if salt is None else salt, "layer": layer, "staleness": staleness}


def read_segment(key, document):
    an_object(document, "document")
    need(is_key(document.get("key"), 256) and document["key"] == key, "key")
    return {"kind": read_kind(document), "if": None if document.get("if") is None else read_condition(document["if"]),
            "included": read_keys(document, "included"), "excluded": read_keys(document, "excluded")}


def read_layer(key, document):
    an_object(document, "document")
    need(is_key(document.get("key"), 256) and document["key"] == key, "key")
    unit = ("user", "targetingKey")
    if "unit" in document:
        need(is_attribute(document["unit"]), "unit")
        unit = (read_kind(document), document["unit"])
    ranges = []
    for one in array(document, "ranges", 1000):
        an_object(one, "range")
        need(is_key(one.get("flag"), 256) and isinstance(one.get("rule"), str), "range")
        need(is_whole(one.get("from"), 0, WHOLE - 1) and is_whole(one.get("to"), 1, WHOLE), "range")
        need(one["from"] < one["to"], "range")
        need(all(one["to"] <= low or high <= one["from"] for _, _, low, high in ranges), "range")
        ranges.append((one["flag"], one["rule"], one["from"], one["to"]))
    return {"salt": member(document, "salt", str, key), "unit": unit, "ranges": ranges}


def segments_of(condition):
    if condition is None:
        return set()
    if condition[0] in ("all", "any"):
        return set().union(*(segments_of(part) for part in condition[1])) if condition[1] else set()
    if condition[0] == "not":
        return segments_of(condition[1])
    return {condition[1]} if condition[0] == "segment" else set()


def references(kind, doc):
    """(kind, key) of all that a document that could be read refers to."""
    if kind == "layers":
        return set()
    if kind == "segments":
        return {("segments", key) for key in segments_of(doc["if"])}
    found = {("flags", key) for key, _ in doc["prerequisites"]}
    for rule in doc["rules"]:
        found |= {("segments", key) for key in segments_of(rule["if"])}
    return found | ({("layers", doc["layer"])} if doc["layer"] is not None else set())


def cyclic(edges):
    """The nodes that lead to themselves."""
    found = set()
    for start in edges:
        seen, todo = set(), list(edges[start])
        while todo:
            node = todo.pop()
            if node == start:
                found.add(start)
                break
            if node not in seen:
                seen.add(node)
                todo += edges.get(node, ())
    return found


# State: documents linked to what they refer to.


class Linked:
    """A document, and what it refers to, as linked when it was last usable."""

    def __init__(self, kind, doc, links, stale, chunks):
        self.kind, self.doc, self.links, self.chunks = kind, doc, links, chunks
        self.own_stale = stale
        self.stale = stale or any(one.stale for one in links.values() if one.kind != "flags")
        segments = [one.depth for one in links.values() if one.kind == "segments"]
        deepest = max(segments, default=0)
        if kind == "segments":
            self.cost = 1 + (0 if doc["if"] is None else self.cost_of(doc["if"]))
            self.depth = 1 + deepest
        elif kind == "flags":
            needed = [links[("flags", key)] for key, _ in doc["prerequisites"]]
            self.cost = 1 + sum(one.cost for one in needed) + len(doc["targets"]) + sum(
                1 + (0 if rule["if"] is None else self.cost_of(rule["if"])) for rule in doc["rules"])
            self.depth = 1 + max((one.depth for one in needed), default=0) + deepest
        else:
            self.cost, self.depth = 0, 0
        need(self.cost <= COST_MAX and self.depth <= DEPTH_MAX, "cost or depth")

    def cost_of(self, condition):
        if condition[0] in ("all", "any"):
            return 1 + sum(self.cost_of(part) for part in condition[1])
        if condition[0] == "not":
            return 1 + self.cost_of(condition[1])
        return self.links[("segments", condition[1])].cost if condition[0] == "segment" else 1


class Off:
    """A flag that is off by its envelope, the rest of which cannot be used."""
    kind, stale, cost, depth = "flags", False, 1, 1

    def __init__(self, envelope):
        self.envelope = envelope


class State:
    READERS = {"layers": read_layer, "segments": read_segment, "flags": read_flag}

    def __init__(self, scene, earlier=None):
        self.region = scene["region"]
        self.blobs = scene.get("blobs", {})
        self.earlier = earlier
        self.read = {}
        self.good = {}
        self.serving = {}
        self.present = {(kind, key): document for kind in self.READERS for key, document in scene.get(kind, {}).items()}
        edges = {}
        for (kind, key), document in self.present.items():
            try:
                self.read[(kind, key)] = self.READERS[kind](key, document)
            except Cannot:
                self.read[(kind, key)] = None
            doc = self.read[(kind, key)]
            before = self.before((kind, key))
            if doc is None and before is not None:
                doc = before.doc
            edges[(kind, key)] = set() if doc is None else references(kind, doc)
        self.circles = cyclic(edges)
        for entity in self.present:
            self.link(entity)

    def before(self, entity):
        return self.earlier.good.get(entity) if self.earlier else None

    def link(self, entity):
        """What serves for an entity, None for nothing."""
        if entity in self.serving or entity not in self.present:
            return self.serving.get(entity)
        doc, before = self.read[entity], self.before(entity)
        if entity in self.circles:
            self.serving[entity] = None  # for those that ask on the way round
        try:
            need(doc is not None and entity not in self.circles, "not usable")
            good = self.linked(entity, doc, stale=False)
            self.good[entity] = self.serving[entity] = good
            return good
        except Cannot:
            pass
        good = None
        if before is not None:
            try:
                need(entity not in self.circles, "on a circle")
                good = self.linked(entity, before.doc, stale=True)
            except Cannot:
                good = Linked(entity[0], before.doc, before.links, True, before.chunks)
            self.good[entity] = good
        self.serving[entity] = self.off(entity) or good
        return self.serving[entity]

    def off(self, entity):
        if entity[0] != "flags":
            return None
        try:
            envelope = read_envelope(self.present[entity])
        except Cannot:
            return None
        return None if envelope["on"] else Off(envelope)

    def linked(self, entity, doc, stale):
        links = {}
        for reference in references(entity[0], doc):
            links[reference] = self.link(reference)
            need(links[reference] is not None, "a reference that leads nowhere")
        chunks = {}
        lists = [doc["included"], doc["excluded"]] if entity[0] == "segments" else [
            keys for _, _, keys in doc["targets"]] if entity[0] == "flags" else []
        for keys in lists:
            for name in keys if isinstance(keys, list) else []:
                blob = self.blobs.get(name)
                need(isinstance(blob, list) and all(isinstance(key, str) for key in blob), "blob " + name)
                chunks[name] = set(blob)
        return Linked(entity[0], doc, links, stale, chunks)

    # Answering.

    def answer(self, key, context, now, age=0, type=None):
        if not is_context(context):
            return {"reason": "ERROR", "errorCode": "INVALID_CONTEXT"}
        answer, flag_type = self.decided(key, context, now, age)
        if type is not None and "errorCode" not in answer and not fits(answer, flag_type, type):
            return {"reason": "ERROR", "errorCode": "TYPE_MISMATCH"}
        return answer

    def decided(self, key, context, now, age):
        if ("flags", key) not in self.present:
            return {"reason": "ERROR", "errorCode": "FLAG_NOT_FOUND"}, None
        flag = self.serving[("flags", key)]
        if flag is None:
            return {"reason": "ERROR", "errorCode": "PARSE_ERROR"}, None
        envelope = flag.envelope if isinstance(flag, Off) else flag.doc["envelope"]
        if not isinstance(flag, Off) and envelope["on"] and flag.doc["staleness"] is not None:
            seconds, variant = flag.doc["staleness"]
            if age is None or math.floor(age) >= seconds:
                return served(envelope, variant, "STALE"), envelope["type"]
        return Evaluation(self.region, context, now).flag(flag), envelope["type"]


def served(envelope, variant, reason, **more):
    out = {"reason": reason}
    if variant is not None:
        out["variant"] = variant
        out["value"] = envelope["variants"][variant]
    out.update({name: value for name, value in more.items() if value is not None})
    return out


def fits(answer, flag_type, asked):
    if asked != "integer":
        return flag_type == asked
    value = answer.get("value")
    return flag_type == "number" and (value is None or value == math.floor(value) and -2.0 ** 63 <= value < 2.0 ** 63)


def is_context(context):
    if not isinstance(context, dict):
        return False
    kinds = context.get("$kinds")
    if kinds is None:
        kinds = {}
    if not isinstance(kinds, dict):
        return False
    for name, kind in kinds.items():
        if not 1 <= units(name) <= 64 or name == "user" or not (kind is None or is_attributes(kind, False)):
            return False
    return is_attributes(context, True)


def is_attributes(context, top):
    if not isinstance(context, dict):
        return False
    key = context.get("targetingKey")
    return (key is None or isinstance(key, str)) and all(
        nesting(value) <= 64 for name, value in context.items() if not (top and name == "$kinds"))


def nesting(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max((nesting(item) for item in value), default=0) if isinstance(value, list) else 0


class Evaluation:
    """One context at one instant."""

    def __init__(self, region, context, now):
        self.region, self.context, self.now = region, context, now

    def flag(self, flag):
        if isinstance(flag, Off):
            return served(flag.envelope, flag.envelope["off"], "DISABLED")
        answer = self.decided(flag)
        if flag.stale and "errorCode" not in answer:
            answer["reason"] = "STALE"
        return answer

    def decided(self, flag):
        doc, envelope = flag.doc, flag.doc["envelope"]
        if not envelope["on"]:
            return served(envelope, envelope["off"], "DISABLED")
        for key, wanted in doc["prerequisites"]:
            if self.flag(flag.links[("flags", key)]).get("variant") not in wanted:
                return served(envelope, envelope["off"], "DISABLED", detail="PREREQUISITE_FAILED")
        for variant, kind, keys in doc["targets"]:
            if holds_key(flag, keys, self.unit((kind, "targetingKey"))):
                return served(envelope, variant, "TARGETING_MATCH")
        for rule in doc["rules"]:
            matches, slot = self.rule(flag, rule)
            if matches:
                return self.serve(doc, rule["serve"], "TARGETING_MATCH", rule["id"], slot)
        asks = doc["prerequisites"] or doc["targets"] or doc["rules"]
        return self.serve(doc, doc["default"], "DEFAULT" if asks else "STATIC", None, None)

    def rule(self, flag, rule):
        if rule["from"] is not None and self.now < rule["from"] or rule["until"] is not None and self.now >= rule["until"]:
            return False, None
        slot = None
        if flag.doc["layer"] is not None:
            layer = flag.links[("layers", flag.doc["layer"])].doc
            own = [(low, high) for key, name, low, high in layer["ranges"] if (key, name) == (flag.doc["key"], rule["id"])]
            if own:
                unit = self.unit(layer["unit"])
                if unit is None:
                    return False, None
                slot = bucket(layer["salt"], unit)
                if not any(low <= slot < high for low, high in own):
                    return False, None
        return rule["if"] is None or self.holds(flag, rule["if"]), slot

    def serve(self, doc, serve, reason, rule, slot):
        envelope = doc["envelope"]
        if serve[0] == "variant":
            return served(envelope, serve[1], reason, ruleId=rule, bucket=slot)
        if serve[0] == "policy":
            return served(envelope, serve[1], "DEFAULT", detail="POLICY_UNAVAILABLE", ruleId=rule, bucket=slot)
        _, shares, where, salt = serve
        unit = self.unit(where)
        if unit is None:
            return served(envelope, None, "ERROR", errorCode="TARGETING_KEY_MISSING", ruleId=rule)
        at = left = bucket(doc["salt"] if salt is None else salt, unit)
        for variant, weight in shares:
            if left < weight:
                return served(envelope, variant, "SPLIT", ruleId=rule, bucket=at)
            left -= weight
        raise AssertionError("weights")

    def holds(self, of, condition):
        kind = condition[0]
        if kind == "all":
            return all(self.holds(of, part) for part in condition[1])
        if kind == "any":
            return any(self.holds(of, part) for part in condition[1])
        if kind == "not":
            return not self.holds(of, condition[1])
        if kind == "segment":
            return self.is_in(of.links[("segments", condition[1])]) != condition[2]
        _, where, passes, negate, (op, values) = condition
        return self.passes(where, passes, op, values) != negate

    def passes(self, where, passes, op, values):
        if where[1] == "$now":
            if op in ("before", "after"):
                return (self.now < instant(values[0])) == (op == "before")
            return op == "present"
        value = self.read(where)
        if value is None:
            return False
        if op == "present":
            return True
        if isinstance(value, list):
            return any(item is not None and not isinstance(item, list) and passes(item) for item in value)
        return passes(value)

    def is_in(self, segment):
        unit = self.unit((segment.doc["kind"], "targetingKey"))
        if holds_key(segment, segment.doc["excluded"], unit):
            return False
        if holds_key(segment, segment.doc["included"], unit):
            return True
        return segment.doc["if"] is not None and self.holds(segment, segment.doc["if"])

    def unit(self, where):
        return unit_text(self.read(where))

    def read(self, where):
        kind, name = where
        if name == "$region":
            return self.region
        if name == "$now":
            return None
        of = self.context
        if kind != "user":
            of = (self.context.get("$kinds") or {}).get(kind)
            if of is None:
                return None
        if not name.startswith("/"):
            return of.get(name)
        steps = [step.replace("~1", "/").replace("~0", "~") for step in name[1:].split("/")]
        if kind == "user" and steps[0] == "$kinds":
            return None
        value = of.get(steps[0])
        for step in steps[1:]:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and re.fullmatch("0|[1-9][0-9]{0,8}", step):
                value = value[int(step)] if int(step) < len(value) else None
            else:
                return None
        return value


def holds_key(of, keys, unit):
    if unit is None:
        return False
    if isinstance(keys, set):
        return unit in keys
    index = murmur3(utf8(unit)) >> 32 - (len(keys).bit_length() - 1) if len(keys) > 1 else 0
    return unit in of.chunks[keys[index]]
