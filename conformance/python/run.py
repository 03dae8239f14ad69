"""Runs the vectors through the Python evaluator.

    python3 conformance/python/run.py conformance/vectors
    python3 conformance/python/run.py --split FOLDER    the rows of Split's suites

Prints a count for each suite; ends with 1 when an answer differs, with 2 when there is nothing to run.
"""
import csv
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import guidon_evaluation as evaluation  # noqa: E402

SHOWN_MAX = 10


def unwrapped(value):
    """Text that JSON cannot write stands as its UTF-16 code units."""
    if isinstance(value, list):
        return [unwrapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$utf16"}:
        data = b"".join(int(unit).to_bytes(2, "little") for unit in value["$utf16"])
        return data.decode("utf-16-le", "surrogatepass")
    return {name: unwrapped(member) for name, member in value.items()}


def same(a, b):
    """Equal, with types: 1.0 is not True."""
    if isinstance(a, dict) and isinstance(b, dict):
        return set(a) == set(b) and all(same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def state(scene):
    return evaluation.State(scene, state(scene["earlier"]) if "earlier" in scene else None)


def run_suite(path):
    suite = json.loads(path.read_text(encoding="utf-8"), parse_int=float)
    evaluator = state(suite["scene"])
    failed = 0
    for number, case in enumerate(suite["cases"]):
        now = evaluation.instant(case.get("now", suite["now"]))
        age = case.get("age", 0)
        found = evaluator.answer(case["flag"], unwrapped(case["context"]), now, age, case.get("type"))
        if not same(found, case["expect"]):
            failed += 1
            if failed <= SHOWN_MAX:
                print("%s case %d: %s\n  expected %s\n  found    %s" % (
                    suite["suite"], number, ascii(case["flag"] + " " + json.dumps(case["context"])[:300]),
                    ascii(case["expect"]), ascii(found)))
    print("%-18s %6d of %6d" % (suite["suite"], len(suite["cases"]) - failed, len(suite["cases"])))
    return len(suite["cases"]), failed


def run_vectors(folder):
    counts = [run_suite(path) for path in sorted(Path(folder).glob("*.json"))]
    total, failed = sum(count for count, _ in counts), sum(count for _, count in counts)
    print("%d suites, %d of %d vectors pass" % (len(counts), total - failed, total))
    return 2 if total == 0 else 1 if failed else 0


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file)][1:]


def run_split(folder):
    """Prints what differs, one by one; the caller knows which rows may."""
    folder = Path(folder)
    hashes = rows(folder / "murmur3-sample-data-v2-first6000.csv")
    wrong = [row for row in hashes if evaluation.murmur3(evaluation.utf8(row[1]), int(row[0])) != int(row[2])]
    print("split murmur3 %d of %d" % (len(hashes) - len(wrong), len(hashes)))
    version = evaluation.version
    count = 0
    differs = []

    def check(name, row, holds):
        nonlocal count
        count += 1
        if not holds:
            differs.append(name + " " + ",".join(row))

    for row in rows(folder / "valid-semantic-versions.csv"):
        a, b = (version(text) for text in row)
        check("valid", row, a is not None and b is not None and a > b)
    for row in rows(folder / "invalid-semantic-versions.csv"):
        check("invalid", row, version(row[0]) is None)
    for row in rows(folder / "equal-to-semver.csv"):
        check("equal", row, (version(row[0]) == version(row[1])) == (row[2] == "true"))
    for row in rows(folder / "between-semver.csv"):
        a, b, c = (version(text) for text in row[:3])
        check("between", row, (a <= b <= c) == (row[3] == "true"))
    print("split versions %d of %d" % (count - len(differs), count))
    for row in differs:
        print("differs: " + row)
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.version_info < (3, 9):
        sys.exit("Python 3.9 or newer is needed")
    if len(sys.argv) == 3 and sys.argv[1] == "--split":
        sys.exit(run_split(sys.argv[2]))
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(run_vectors(sys.argv[1]))
