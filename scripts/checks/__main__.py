"""Runs the rules over the tree and prints `path:line: rule: message`, then a closing line with counts."""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import configuration  # noqa: E402
import rules  # noqa: E402
from tree import Tree, Unusable  # noqa: E402

ALL = {rule.__name__: rule for rule in rules.RULES + [configuration.configuration]}


def run(root, only=None, without=()):
    """Prints every problem; returns the counts of rules passed, failed, skipped, and the problems."""
    tree, problems = Tree(root), []
    passed = failed = skipped = 0
    for name, rule in ALL.items():
        if name in without or (only and name not in only):
            continue
        reason = configuration.skipped(tree) if name == "configuration" else None
        if reason:
            print(f"note: {name} was skipped: {reason}")
            skipped += 1
            continue
        found = sorted(set(rule(tree)))
        problems += found
        for problem in found:
            print(problem)
        if name == "documented":
            print(f"note: {rules.documented_share(tree)}")
        passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
    print(f"check: {passed} rules passed, {failed} failed, {skipped} skipped; {len(problems)} problems")
    return failed, problems


def main():
    parser = argparse.ArgumentParser(prog="scripts/check", description="Holds the code to its rules.")
    parser.add_argument("--only", action="append", choices=ALL, metavar="RULE")
    parser.add_argument("--without", action="append", choices=ALL, metavar="RULE", default=[])
    parser.add_argument("--list", action="store_true", help="name the rules")
    parser.add_argument("--root", default=".", help="the tree to check (default: this one)")
    parser.add_argument("--self-test", action="store_true", help="break each rule in a temporary tree and see it fire")
    options = parser.parse_args()
    if options.list:
        print("\n".join(ALL))
        return 0
    if options.self_test:
        import self_test

        return self_test.main()
    try:
        failed, _ = run(options.root, options.only, options.without)
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
