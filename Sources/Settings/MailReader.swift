import JSON
import Notices

/// Reads how mail leaves, and to whom it goes.
struct MailReader {
    let files: Files
    let flaw: FileFlaw

    func server(_ reader: Reader) -> MailSettings? {
        let keys = ["server", "security", "from", "user", "secret", "trust-roots"]
        guard reader.object(keys: keys) != nil, let server = reader.required("server"),
            let (host, port) = address(server), let from = reader.required("from").flatMap(mail)
        else { return nil }
        let security = reader.child("security").map { $0.word(MailServer.Security.self) } ?? .startTLS
        guard let security else { return nil }
        if security == .none, !["127.0.0.1", "localhost", "::1"].contains(host) {
            reader.child("security")?.error(
                "open-mail", "mail to another machine is not sent in the clear", hint: "Use starttls or implicit.")
            return nil
        }
        let user = reader.child("user")?.string()
        let secret = reader.child("secret")?.string()
        if (user == nil) != (secret == nil) {
            reader.error("half-credential", "'user' and 'secret' belong together")
        }
        let roots = reader.child("trust-roots")
        let file = roots?.string().map(files.resolve)
        if let file { roots?.report(flaw(.trustRoots(file))) }
        return MailSettings(
            host: host, port: port, security: security, from: from, user: user, secret: secret, trustRootFile: file)
    }

    func mail(_ reader: Reader) -> MailAddress? {
        guard let text = reader.string() else { return nil }
        if let address = MailAddress(text) { return address }
        reader.error("bad-mail-address", "this is no mail address", hint: "Write it bare, such as ben@example.com.")
        return nil
    }

    private func address(_ reader: Reader) -> (host: String, port: Int)? {
        guard let text = reader.string() else { return nil }
        if let address = hostAndPort(text) { return address }
        reader.error("bad-address", "this is no mail server", hint: "Write host:port, such as smtp.example.com:587.")
        return nil
    }
}

/// The parts of `host:port`; nil for anything else.
func hostAndPort(_ text: String) -> (host: String, port: Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let port = Int(parts[1]), (1...65_535).contains(port),
        parts[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/@#?\\".utf8.contains($0) })
    else { return nil }
    return (String(parts[0]), port)
}
