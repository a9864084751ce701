import Core
import Foundation
import Testing

@testable import Notices

/// Notices as mail.
@Suite struct MailMessageTests {
    private func message(_ summary: String, _ lines: [String] = [], link: String? = nil) throws -> MailMessage {
        var notice = Notice("approval.requested", at: Timestamp(seconds: 1_800_000_000), summary: summary)
        notice.link = link
        return MailMessage(
            notice, lines: lines, from: try #require(MailAddress("gate@example.com")),
            to: try #require(MailAddress("ben@example.com")), id: "01abc")
    }

    private struct Read {
        var headers: [String: String] = [:]
        var text = ""
    }

    /// Reads a message as a mail program does.
    private func read(_ message: MailMessage) throws -> Read {
        let whole = String(decoding: message.bytes, as: UTF8.self)
        let end = try #require(whole.range(of: "\r\n\r\n"))
        var read = Read()
        let unfolded = whole[..<end.lowerBound].replacingOccurrences(of: "\r\n ", with: " ")
        for line in unfolded.components(separatedBy: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            #expect(read.headers[String(parts[0])] == nil, "a header stands twice")
            read.headers[String(parts[0])] = String(parts[1].dropFirst())
        }
        let body = whole[end.upperBound...].replacingOccurrences(of: "\r\n", with: "")
        read.text = String(decoding: try #require(Data(base64Encoded: body)), as: UTF8.self)
        return read
    }

    private func decoded(_ subject: String) -> String {
        subject.components(separatedBy: " ").map { word in
            let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2))) ?? Data()
            return String(decoding: data, as: UTF8.self)
        }.joined()
    }

    @Test func `it says what is asked, with a link of ours alone`() throws {
        let read = try read(
            try message(
                "Approval wanted: Change stage of deal “d1” from “won” to “lost”", ["Tool: update_deal."],
                link: "https://gw.example/approvals/01abc"))
        #expect(read.headers["From"] == "Sallyport <gate@example.com>")
        #expect(read.headers["To"] == "<ben@example.com>")
        #expect(read.headers["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000")
        #expect(read.headers["Message-ID"] == "<01abc@example.com>")
        #expect(read.headers["Content-Type"] == "text/plain; charset=utf-8")
        #expect(
            decoded(try #require(read.headers["Subject"]))
                == "[Sallyport] Approval wanted: Change stage of deal “d1” from “won” to “lost”")
        #expect(
            read.text.components(separatedBy: "\r\n") == [
                "Approval wanted: Change stage of deal “d1” from “won” to “lost”", "", "Tool: update_deal.", "",
                "Look at it and decide, signed in as yourself:", "https://gw.example/approvals/01abc", "",
                "This mail decides nothing, and no answer to it does.", "",
            ])
    }

    @Test(arguments: [
        "x\r\nBcc: eve@evil.example", "x\nLook at it and decide, signed in as yourself:\nhttps://evil.example",
        "see https://evil.example or www.evil.example or mailto:eve@evil.example", "x\u{2028}y\u{85}z",
        "WWW.evil.example/approve or evil.example/login or HTTPS://evil.example",
        "ftp://evil.example mailto:a@b.example",
    ])
    func `what others wrote adds no header, no line and no link`(_ text: String) throws {
        let read = try read(try message("Approval wanted: \(text)", [text], link: "https://gw.example/approvals/1"))
        #expect(read.headers.count == 9)
        #expect(read.headers["Bcc"] == nil)
        #expect(read.text.components(separatedBy: "://").count == 2, "\(read.text)")
        let others = read.text.replacingOccurrences(of: "https://gw.example/approvals/1", with: "")
        #expect(others.firstMatch(of: /[A-Za-z0-9]\.[A-Za-z]/) == nil, "\(others)")
        #expect(others.firstMatch(of: /[A-Za-z0-9]@[A-Za-z]/) == nil, "\(others)")
        #expect(read.text.components(separatedBy: "\r\n").count == 9)
        #expect(!read.text.replacingOccurrences(of: "\r\n", with: "").contains { $0.isNewline })
    }

    @Test(arguments: [
        "a", String(repeating: "é", count: 500), "🎈🎉 \u{202E}x", String(repeating: "a\u{301}", count: 300),
    ])
    func `no line of it is too long`(_ text: String) throws {
        let message = try message(text, [text])
        let lines = message.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // RFC 5322 §2.1.1, and RFC 2047 §2 for the words of the subject.
        #expect(lines.allSatisfy { $0.count <= 79 })
        #expect(message.bytes.allSatisfy { $0 < 0x80 })
        #expect(decoded(try #require(try read(message).headers["Subject"])).hasPrefix("[Sallyport] "))
    }

    @Test(arguments: [
        ("ben@example.com", true), ("b.e+n@mail.example.com", true), ("ben@localhost", true), ("", false),
        ("ben", false),
        ("ben@", false), ("@example.com", false), ("a@b@c", false), ("ben@exa mple.com", false),
        ("ben@example.com>\r\nRCPT TO:<eve@evil.example", false), ("ben..x@example.com", false),
        ("bén@example.com", false),
        ("\"ben\"@example.com", false), ("ben@[127.0.0.1]", false), (".ben@example.com", false),
    ])
    func `an address is one address`(_ text: String, isOne: Bool) {
        #expect((MailAddress(text) != nil) == isOne)
    }
}
