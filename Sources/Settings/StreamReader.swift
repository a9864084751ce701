import Backends
import Evidence
import HTTP

/// Reads where what is recorded goes.
struct StreamReader {
    let files: Files
    let flaw: FileFlaw

    func streams(_ reader: Reader?) -> [StreamSettings] {
        var streams: [StreamSettings] = []
        for element in reader?.elements ?? [] {
            guard let stream = stream(element) else { continue }
            if streams.contains(where: { $0.name == stream.name }) {
                element.error("repeated-stream", "two streams have the name '\(stream.name)'")
            }
            streams.append(stream)
        }
        if let reader, streams.count > 16 { reader.error("too-many-streams", "there are more than 16 streams") }
        return streams
    }

    private func stream(_ reader: Reader) -> StreamSettings? {
        let keys = [
            "name", "file", "syslog", "http", "otlp", "as", "secret", "trust-roots", "allow-loopback",
            "allow-addresses", "from",
        ]
        guard reader.object(keys: keys) != nil, let nameReader = reader.required("name"), let name = nameReader.string()
        else { return nil }
        guard (1...32).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else {
            nameReader.error("bad-name", "a stream's name has 1 to 32 letters of a-z, digits and -")
            return nil
        }
        let targets = ["file", "syslog", "http", "otlp"].filter { reader.child($0) != nil }
        guard targets.count == 1, let kind = targets.first, let target = reader.child(kind), let text = target.string()
        else {
            reader.error("no-target", "a stream has one of 'file', 'syslog', 'http' and 'otlp'")
            return nil
        }
        func refuse(_ key: String) {
            reader.child(key)?.error("idle-key", "'\(key)' means nothing for '\(kind)'")
        }
        let isWeb = kind == "http" || kind == "otlp"
        if !isWeb { ["secret", "allow-loopback"].forEach(refuse) }
        if kind != "syslog" { refuse("trust-roots") }
        if kind == "file" { refuse("allow-addresses") }
        if kind == "otlp" { refuse("as") }
        let form = reader.child("as").flatMap { $0.word(StreamForm.self) } ?? (kind == "syslog" ? .cef : .jsonl)
        let secret = reader.child("secret")?.string()
        let startsNow = reader.child("from").flatMap { $0.word(Start.self) } == .now
        let allowsLoopback = reader.child("allow-loopback")?.bool() ?? false
        let place: StreamSettings.Target
        switch kind {
        case "file": place = .file(files.resolve(text))
        case "syslog":
            guard let (host, port) = hostAndPort(text) else {
                target.error(
                    "bad-address", "this is no syslog server", hint: "Write host:port, such as logs.example:6514.")
                return nil
            }
            let roots = reader.child("trust-roots")
            let file = roots?.string().map(files.resolve)
            if let file { roots?.report(flaw(.trustRoots(file))) }
            place = .syslog(host: host, port: port, trustRootFile: file)
        default:
            guard WebAddress(text, allowsLoopbackHTTP: allowsLoopback) != nil else {
                target.error(
                    "bad-url", "this is no address to send to",
                    hint: "Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'.")
                return nil
            }
            place =
                kind == "otlp"
                ? .otlp(url: text, allowsLoopback: allowsLoopback) : .http(url: text, allowsLoopback: allowsLoopback)
        }
        return StreamSettings(
            name: name, target: place, form: form, secret: secret,
            allowAddresses: addresses(reader.child("allow-addresses")), startsNow: startsNow)
    }

    private func addresses(_ reader: Reader?) -> [CIDR] {
        (reader?.elements ?? []).compactMap { element in
            guard let text = element.string() else { return nil }
            guard let range = CIDR(text) else {
                element.error("bad-range", "this is no range of addresses", hint: "Write it such as 10.20.0.0/16.")
                return nil
            }
            return range
        }
    }

    private enum Start: String, CaseIterable {
        case beginning, now
    }
}
