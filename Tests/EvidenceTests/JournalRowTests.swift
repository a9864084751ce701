import Core
import Evidence
import JSON
import TestSupport
import Testing
import TransparencyLog

@Suite struct JournalRowTests {
    /// The form is fixed: lines that were logged must have the same hash for ever.
    @Test func `the line has its members in a fixed order`() {
        let row = JournalRow(
            position: 7, at: Timestamp(microseconds: 1_700_000_000_000_001), call: "01J", previous: 0,
            phase: "admitted", user: "al\"ice", agent: "a\u{e9}", tool: "t", digest: "d", act: nil, repeatKey: "k",
            process: 3, body: Array(#"[{"event":"opened"}]"#.utf8))
        #expect(
            String(decoding: row.line, as: UTF8.self)
                == #"{"position":7,"at":1700000000000001,"call":"01J","previous":0,"phase":"admitted","#
                + #""actor":"al\"ice","agent":"aé","tool":"t","digest":"d","key":"k","process":3,"#
                + #""body":[{"event":"opened"}]}"#)
        let act = JournalRow(
            position: 1, at: Timestamp(microseconds: 2), user: "operator", act: "vault-put", body: Array("{}".utf8))
        #expect(
            String(decoding: act.line, as: UTF8.self)
                == #"{"position":1,"at":2,"actor":"operator","act":"vault-put","body":{}}"#)
        #expect(act.leaf == .leaf(EvidenceLine.logEntry(of: act.line)))
    }

    @Test func `a body that somebody else wrote stays within its line`() {
        let row = JournalRow(position: 1, at: Timestamp(microseconds: 2), user: "x", body: Array("{}\n{}".utf8))
        #expect(!row.line.contains(0x0A))
        #expect((try? JSONParser.parse(row.line)) != nil)
    }
}
