import Core
import Foundation
import Testing

@testable import Notices

/// One delivery, without a network.
@Suite struct SMTPDialogueTests {
    private func dialogue(
        _ security: MailServer.Security, user: String? = "gate", password: String = "hunter2"
    ) throws -> SMTPDialogue {
        let message = MailMessage(
            Notice("t", at: Timestamp(seconds: 1), summary: "s"), lines: [],
            from: try #require(MailAddress("gate@example.com")), to: try #require(MailAddress("ben@example.com")),
            id: "1")
        return SMTPDialogue(
            message, security: security, host: "example.com", credential: user.map { ($0, Array(password.utf8)) })
    }

    /// What is said in answer to each line of the server, as text; TLS as a word.
    private func say(_ lines: [String], to dialogue: inout SMTPDialogue) -> [String] {
        var said: [String] = []
        for line in lines {
            for step in dialogue.receive(Array((line + "\r\n").utf8)) {
                switch step {
                case .send(let bytes):
                    let text = String(decoding: bytes, as: UTF8.self)
                    said.append(
                        text.hasPrefix("From:") ? "(message)" : text.trimmingCharacters(in: .whitespacesAndNewlines))
                case .beginTLS:
                    said.append("(tls)")
                    for step in dialogue.afterTLS() {
                        if case .send(let bytes) = step {
                            said.append(
                                String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
                        }
                    }
                case .done: said.append("(done)")
                case .fail(let detail): said.append("failed: \(detail)")
                }
            }
        }
        return said
    }

    @Test func `mail goes by STARTTLS, signed in`() throws {
        var dialogue = try dialogue(.startTLS)
        let said = say(
            [
                "220-welcome", "220 mail.example ESMTP", "250-mail.example", "250-STARTTLS", "250 SIZE 1000", "220 go",
                "250-mail.example", "250 AUTH LOGIN PLAIN", "235 ok", "250 ok", "250 ok", "354 go on", "250 queued",
                "221 bye",
            ], to: &dialogue)
        #expect(
            said == [
                "EHLO example.com", "STARTTLS", "(tls)", "EHLO example.com", "AUTH PLAIN AGdhdGUAaHVudGVyMg==",
                "MAIL FROM:<gate@example.com>", "RCPT TO:<ben@example.com>", "DATA", "(message)", "(done)", "QUIT",
            ])
    }

    @Test func `without STARTTLS nothing is said that others may read`() throws {
        var dialogue = try dialogue(.startTLS)
        let said = say(["220 hi", "250-mail.example", "250 AUTH PLAIN"], to: &dialogue)
        #expect(said == ["EHLO example.com", "failed: the server offers no STARTTLS"])
    }

    @Test func `what is said before TLS begins does not count after it`() throws {
        var dialogue = try dialogue(.startTLS)
        _ = say(["220 hi", "250 STARTTLS"], to: &dialogue)
        let steps = dialogue.receive(Array("220 go\r\n250 AUTH PLAIN\r\n".utf8))
        #expect(steps == [.fail("the server said something before TLS began")])
    }

    @Test func `a password goes only where the server takes it in a way that is known`() throws {
        var dialogue = try dialogue(.implicit)
        #expect(
            say(["220 hi", "250-mail.example", "250 AUTH CRAM-MD5"], to: &dialogue)
                == ["EHLO example.com", "failed: the server offers no AUTH PLAIN"])
    }

    @Test func `a server on the same machine may be spoken to in the clear`() throws {
        var dialogue = try dialogue(.none, user: nil)
        #expect(
            say(["220 hi", "250 mail.example", "250 ok", "250 ok", "354 go", "250 ok"], to: &dialogue)
                == [
                    "EHLO example.com", "MAIL FROM:<gate@example.com>", "RCPT TO:<ben@example.com>", "DATA",
                    "(message)",
                    "(done)", "QUIT",
                ])
    }

    @Test(arguments: [
        (["554 go away"], "failed: status 554 to greeting"), (["hello"], "failed: that is no reply"),
        (["220 hi", "250 STARTTLS", "454 not now"], "failed: status 454 to startTLS"),
        ([String(repeating: "220-x", count: 4_000)], "failed: the server says too much"),
    ])
    func `what goes wrong ends it`(_ lines: [String], said: String) throws {
        var dialogue = try dialogue(.startTLS)
        #expect(say(lines, to: &dialogue).last == said)
    }

    @Test(arguments: [
        ("a\r\n.b\r\n", "a\r\n..b\r\n.\r\n"), (".", "..\r\n.\r\n"), ("a.b\r\n..\r\n", "a.b\r\n...\r\n.\r\n"),
    ])
    func `no line of a message ends it`(_ message: String, sent: String) {
        #expect(String(decoding: SMTPDialogue.dotted(Array(message.utf8)), as: UTF8.self) == sent)
    }
}
