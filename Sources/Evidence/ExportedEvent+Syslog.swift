import Core
import JSON

extension ExportedEvent {
    /// A syslog message (RFC 5424) in the frame of RFC 5425 §4.3: its length, a space, the message.
    ///
    /// Facility 13 (log audit); severity 3 for what is grave, 4 for a no, 6 otherwise. The message id is the event's name, and the
    /// position stands in the structured data, so that what comes twice can be told.
    /// - Parameter form: of the text.
    package func syslogFrame(_ form: StreamForm, host: String, origin: String, version: String) -> [UInt8] {
        let severity =
            outcome == "unknown" || body["break_glass"] == true
            ? 3 : outcome == "failure" || outcome == "refusal" || effect == "deny" || name == "rejected" ? 4 : 6
        let data =
            "[sallyport@32473 position=\"\(position)\" log=\"\(Self.parameter(origin))\"]"
        let head =
            "<\(13 * 8 + severity)>1 \(at.description) \(Self.word(host, most: 255)) sallyport - \(Self.word(name, most: 32)) \(data) "
        // The byte order mark says that the text is UTF-8 (§6.4).
        let message = Array(head.utf8) + [0xEF, 0xBB, 0xBF] + form.bytes(of: self, origin: origin, version: version)
        return Array("\(message.count) ".utf8) + message
    }

    /// Printable ASCII without spaces (§6, PRINTUSASCII).
    private static func word(_ text: String, most: Int) -> String {
        let bytes = text.utf8.prefix(most).map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return bytes.isEmpty ? "-" : String(decoding: bytes, as: UTF8.self)
    }

    /// The value of a parameter (§6.3.3).
    private static func parameter(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("]", with: "\\]")
    }
}
