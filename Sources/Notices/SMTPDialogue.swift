import Foundation

/// The client's side of one delivery (RFC 5321), without a network: replies in, commands out.
///
/// Nothing is sent over a connection that is not private unless that was asked for: a server that does not offer STARTTLS
/// (RFC 3207), or offers no way to sign in that is known, ends it.
struct SMTPDialogue {
    enum Step: Equatable {
        case send([UInt8])
        /// Begin TLS, then go on with ``afterTLS()``.
        case beginTLS
        /// The server has taken the message.
        case done
        case fail(String)
    }

    private enum State { case greeting, hello, startTLS, privateHello, signIn, sender, recipient, data, message, quit }

    private let security: MailServer.Security
    private let host: String
    private let credential: (user: String, password: [UInt8])?
    private let message: MailMessage
    private var state = State.greeting
    private var reply: [Substring] = []
    private var rest = ""

    /// - Parameter host: how we call ourselves.
    init(
        _ message: MailMessage, security: MailServer.Security, host: String,
        credential: (user: String, password: [UInt8])?
    ) {
        self.message = message
        self.security = security
        self.host = host
        self.credential = credential
    }

    /// Takes what the server said.
    mutating func receive(_ bytes: [UInt8]) -> [Step] {
        rest += String(decoding: bytes, as: UTF8.self)
        guard rest.utf8.count <= 16_384 else { return [.fail("the server says too much")] }
        var steps: [Step] = []
        while let end = rest.firstIndex(of: "\r\n") ?? rest.firstIndex(of: "\n") {
            let line = Substring(String(rest[..<end]))
            rest = String(rest[rest.index(after: end)...])
            guard line.utf8.count >= 3, let code = Int(line.prefix(3)) else {
                return steps + [.fail("that is no reply")]
            }
            reply.append(line.dropFirst(4))
            guard line.utf8.count == 3 || line.dropFirst(3).first == " " else { continue }
            let lines = reply
            reply = []
            let step = answer(code, lines)
            steps += step
            if step.contains(.beginTLS) {
                // What was said in the clear before TLS began is worth nothing after it.
                guard rest.isEmpty else { return [.fail("the server said something before TLS began")] }
                return steps
            }
        }
        return steps
    }

    /// TLS has begun.
    mutating func afterTLS() -> [Step] {
        state = .privateHello
        return [say("EHLO \(host)")]
    }

    private mutating func answer(_ code: Int, _ lines: [Substring]) -> [Step] {
        let isGood = (200..<400).contains(code)
        switch state {
        case .greeting where code == 220:
            state = security == .implicit ? .privateHello : .hello
            return [say("EHLO \(host)")]
        case .hello where isGood:
            if security == .none { return signIn(lines) }
            guard lines.contains(where: { $0.uppercased() == "STARTTLS" }) else {
                return [.fail("the server offers no STARTTLS")]
            }
            state = .startTLS
            return [say("STARTTLS")]
        case .startTLS where code == 220: return [.beginTLS]
        case .privateHello where isGood: return signIn(lines)
        case .signIn where code == 235: return sender()
        case .sender where code == 250:
            state = .recipient
            return [say("RCPT TO:<\(message.to.text)>")]
        case .recipient where code == 250 || code == 251:
            state = .data
            return [say("DATA")]
        case .data where code == 354:
            state = .message
            return [.send(Self.dotted(message.bytes))]
        case .message where code == 250:
            state = .quit
            return [.done, say("QUIT")]
        case .quit: return []
        default: return [.fail("status \(code) to \(state)")]
        }
    }

    private mutating func signIn(_ lines: [Substring]) -> [Step] {
        guard let credential else { return sender() }
        let ways = lines.first { $0.uppercased().hasPrefix("AUTH ") }?.uppercased().split(separator: " ") ?? []
        guard ways.contains("PLAIN") else { return [.fail("the server offers no AUTH PLAIN")] }
        state = .signIn
        // RFC 4616.
        let words = [0] + Array(credential.user.utf8) + [0] + credential.password
        return [say("AUTH PLAIN \(Data(words).base64EncodedString())")]
    }

    private mutating func sender() -> [Step] {
        state = .sender
        return [say("MAIL FROM:<\(message.from.text)>")]
    }

    private func say(_ line: String) -> Step { .send(Array("\(line)\r\n".utf8)) }

    /// Doubles a dot at the beginning of a line, and ends the message (RFC 5321 §4.5.2).
    static func dotted(_ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + 8)
        var isLineStart = true
        for byte in message {
            if isLineStart, byte == UInt8(ascii: ".") { bytes.append(byte) }
            bytes.append(byte)
            isLineStart = byte == 0x0A
        }
        if !isLineStart { bytes += [0x0D, 0x0A] }
        return bytes + Array(".\r\n".utf8)
    }
}
