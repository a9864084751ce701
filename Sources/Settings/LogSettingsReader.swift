import Evidence
import HTTP
import TransparencyLog

/// Reads the `log` section: how what is recorded is made provable.
struct LogSettingsReader {
    let files: Files
    let flaw: FileFlaw

    func settings(_ reader: Reader) -> LogSettings {
        var settings = LogSettings()
        guard reader.object(keys: ["every", "public", "witnesses", "anchor", "anchor-every", "keep", "streams"]) != nil
        else {
            return settings
        }
        if let seconds = reader.child("every")?.duration(in: 1...3600) { settings.seconds = seconds }
        settings.isPublic = reader.child("public")?.bool() ?? false
        settings.anchorFile = reader.child("anchor")?.string().map(files.resolve)
        if let seconds = reader.child("anchor-every")?.duration(in: 1...86_400) { settings.anchorSeconds = seconds }
        settings.retention = retention(reader.child("keep"))
        settings.streams = StreamReader(files: files, flaw: flaw).streams(reader.child("streams"))
        for element in reader.child("witnesses")?.elements ?? [] {
            guard let witness = witness(element) else { continue }
            if settings.witnesses.contains(where: { $0.key.name == witness.key.name }) {
                element.error("repeated-witness", "two witnesses have the name '\(witness.key.name)'")
            }
            settings.witnesses.append(witness)
        }
        return settings
    }

    /// How long each class is kept; at least a day, since what just happened is what people look for.
    private func retention(_ reader: Reader?) -> Retention {
        var retention = Retention()
        guard let reader, reader.object(keys: RecordClass.allCases.map(\.rawValue)) != nil else { return retention }
        for kind in RecordClass.allCases {
            if let child = reader.child(kind.rawValue), let seconds = child.duration(in: 86_400...86_400 * 36_500) {
                retention.seconds[kind] = seconds
            }
        }
        return retention
    }

    private func witness(_ reader: Reader) -> WitnessSettings? {
        guard reader.object(keys: ["url", "key", "allow-loopback"]) != nil, let url = reader.required("url"),
            let text = url.string(), let keyReader = reader.required("key"), let keyText = keyReader.string()
        else { return nil }
        guard let key = WitnessKey(keyText) else {
            keyReader.error(
                "bad-witness-key", "this is no key of a witness",
                hint: "Write it as the witness publishes it: name+hash+base64, for Ed25519 cosignatures.")
            return nil
        }
        let allowsLoopback = reader.child("allow-loopback")?.bool() ?? false
        let prefix = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard WebAddress(prefix + "/add-checkpoint", allowsLoopbackHTTP: allowsLoopback) != nil else {
            url.error(
                "bad-url", "this is no address to send to",
                hint: "Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'.")
            return nil
        }
        return WitnessSettings(url: prefix, key: key, allowsLoopback: allowsLoopback)
    }
}
