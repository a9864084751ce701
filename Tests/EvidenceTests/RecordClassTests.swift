import Evidence
import Testing

@Suite struct RecordClassTests {
    @Test(
        arguments: [
            "audit-read", "audit-exported", "report-read", "receipt-made", "policy-replayed", "policy-suggested",
            "incident-gathered", "incident-signed", "signed-in",
        ])
    func `whoever reads the log leaves an access`(_ act: String) {
        #expect(RecordClass(act: act) == .access)
    }

    @Test(
        arguments: [
            "stop", "delegated", "legal-hold", "user-disable", "stream-losses", "clock-set", "backup-restored", "?",
        ])
    func `acts that say how things are, and those that nobody knows, are kept`(_ act: String) {
        #expect(RecordClass(act: act) == nil)
    }
}
