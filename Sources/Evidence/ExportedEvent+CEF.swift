import Core

extension ExportedEvent {
    /// One line of ArcSight's Common Event Format (CEF:0).
    package func cef(version: String) -> String {
        let severity = outcome == "unknown" ? 8 : outcome == "failure" || effect == "deny" || name == "rejected" ? 5 : 2
        var fields: [(String, String)] = [
            ("rt", String(at.microseconds / 1000)), ("externalId", String(position)),
        ]
        for (key, value) in [
            ("suser", user), ("sourceServiceName", agent), ("destinationServiceName", source), ("request", tool),
            ("outcome", outcome), ("reason", reason ?? code), ("act", effect),
        ] {
            if let value { fields.append((key, value)) }
        }
        if let call { fields += [("cs1Label", "call"), ("cs1", call)] }
        if let tenant { fields += [("cs2Label", "tenant"), ("cs2", tenant)] }
        if let by { fields += [("cs3Label", "by"), ("cs3", by)] }
        if !records.isEmpty { fields += [("cs4Label", "records"), ("cs4", records.joined(separator: " "))] }
        fields += [("cs5Label", "leafHash"), ("cs5", leaf)]
        let head = ["Sallyport", "Sallyport", version, name, tool.map { "\(name) \($0)" } ?? name, String(severity)]
        return "CEF:0|" + head.map(Self.head).joined(separator: "|") + "|"
            + fields.map { "\($0.0)=\(Self.value($0.1))" }.joined(separator: " ")
    }

    private static func head(_ text: String) -> String {
        clean(text).replacing("\\", with: "\\\\").replacing("|", with: "\\|")
    }

    private static func value(_ text: String) -> String {
        clean(text).replacing("\\", with: "\\\\").replacing("=", with: "\\=")
    }

    /// What could end a line or draw on a terminal is a space.
    private static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isPrintable ? $0 : " " }))
    }
}
