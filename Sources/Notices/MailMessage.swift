package import Core
import Foundation

/// A notice as mail (RFC 5322): text that no mail program takes for anything but text.
package struct MailMessage: Sendable {
    package let from: MailAddress
    package let to: MailAddress
    package let subject: String
    /// The lines of the text.
    package let lines: [String]
    package let at: Timestamp
    /// The same for every attempt.
    package let id: String

    /// - Parameter lines: what stands between the sentence and the link.
    package init(_ notice: Notice, lines: [String], from: MailAddress, to: MailAddress, id: String) {
        self.from = from
        self.to = to
        subject = "[Sallyport] " + inert(notice.summary)
        self.lines =
            [inert(notice.summary), ""] + lines.map(inert)
            + (notice.link.map { ["", "Look at it and decide, signed in as yourself:", $0] } ?? [])
            + ["", "This mail decides nothing, and no answer to it does."]
        at = notice.at
        self.id = id
    }

    /// The whole message, its lines ended by CR LF, before dots are doubled.
    package var bytes: [UInt8] {
        let domain = from.text.split(separator: "@").last ?? ""
        let text = lines.joined(separator: "\r\n") + "\r\n"
        let head = [
            "From: Sallyport <\(from.text)>", "To: <\(to.text)>", "Subject: \(Self.encoded(subject))",
            "Date: \(Self.date(at))", "Message-ID: <\(id)@\(domain)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            // Out of office replies are not wanted (RFC 3834 §5).
            "Auto-Submitted: auto-generated",
        ]
        let body = Data(text.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n").utf8)
    }

    /// A subject as words of at most 75 characters each, so that it holds one line however long it is (RFC 2047 §2).
    private static func encoded(_ text: String) -> String {
        var words: [String] = []
        var chunk: [UInt8] = []
        func flush() {
            guard !chunk.isEmpty else { return }
            words.append("=?utf-8?B?\(Data(chunk).base64EncodedString())?=")
            chunk = []
        }
        for character in text.prefix(200) {
            let bytes = Array(String(character).utf8.prefix(42))
            if chunk.count + bytes.count > 42 { flush() }
            chunk += bytes
        }
        flush()
        return words.joined(separator: "\r\n ")
    }

    private static func date(_ moment: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(moment.seconds)))
    }
}

/// Text of which no mail program makes a link or a picture, on one line: no dot stands between what could be parts of a
/// name, and no sign that an address needs.
private func inert(_ text: String) -> String {
    var words = ""
    var before: Character = " "
    let characters = Array(text)
    for (index, character) in characters.enumerated() {
        let after = index + 1 < characters.count ? characters[index + 1] : " "
        switch character {
        case _ where character.isNewline: words.append(" ")
        case "." where before.isLetter || before.isNumber:
            words.append(character)
            if after.isLetter { words.append(" ") }
        case "@": words.append(" @ ")
        case ":" where after == "/": words.append(": ")
        default: words.append(character)
        }
        before = character
    }
    return words
}
