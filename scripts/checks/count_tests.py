"""Counts a run of `swift test` from its xUnit file: `PASSED FAILED SKIPPED`; names on standard error what was skipped."""

import sys
import xml.etree.ElementTree as xml

try:
    cases = list(xml.parse(sys.argv[1]).iter("testcase"))
except (OSError, xml.ParseError):
    print(0, 0, 0)
    sys.exit()
failed = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
skipped = [c for c in cases if c.find("skipped") is not None]
print(len(cases) - len(failed) - len(skipped), len(failed), len(skipped))
has_data = len(sys.argv) > 2 and sys.argv[2]
for case in skipped if has_data else []:
    print(f"skipped: {case.get('classname')} {case.get('name')}: {case.findtext('skipped') or 'no reason'}", file=sys.stderr)
if not has_data and skipped:
    print(f"{len(skipped)} tests were skipped", file=sys.stderr)
