import ArgumentParser
import Engine
import Evidence
import Foundation
import JSON
import Settings
import Store
import TransparencyLog

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that nothing was changed, removed, reordered or inserted.",
            discussion: """
                Works offline, with nothing but public keys: on a file that 'audit export' or 'audit receipt' wrote, or on a \
                database, also while a server writes to it. Names the first entry that is not as it was logged.

                Checkpoints that were kept elsewhere (--checkpoint) show whether the newest entries were cut off, or the whole \
                log was written anew.

                Exit status: 0 when everything that was checked is sound; 1 when something is not, or nothing could be read; \
                64 for a wrong command line.
                """)

        @Argument(help: "The evidence file; '-' for standard input. Without one the configuration's database.")
        var file: String?
        @Option(help: ArgumentHelp("A database file, instead of the configuration's.", valueName: "file"))
        var database: String?
        @Option(
            name: .customLong("key"),
            help: ArgumentHelp("The log's public key. Without one it is taken from what is checked.", valueName: "key"))
        var keys: [String] = []
        @Option(
            name: .customLong("witness"),
            help: ArgumentHelp("The public key of a witness whose signature has to be there.", valueName: "key"))
        var witnesses: [String] = []
        @Option(
            name: .customLong("checkpoint"),
            help: ArgumentHelp("A file with checkpoints that were kept elsewhere.", valueName: "file"))
        var checkpoints: [String] = []
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if file != nil, database != nil { throw ValidationError("check a file or a database, not both") }
        }

        func run() async throws {
            let source = try source()
            let known = keys.isEmpty ? source.key.map { [$0] } ?? [] : keys
            let logKeys = try known.map { text in
                guard let key = NoteKey(text) else { throw CommandError("'\(clean(text))' is no public key") }
                return key
            }
            let witnessKeys = try witnesses.map { text in
                guard let key = WitnessKey(text) else { throw CommandError("'\(clean(text))' is no key of a witness") }
                return key
            }
            let kept = try checkpoints.flatMap { path in
                try LogFiles.checkpoints(path).map { note in
                    try SignedCheckpoint(kept: note, keys: logKeys, path: path)
                }
            }
            var verifier = Verifier(
                keys: keys.isEmpty && source.isFile ? [] : logKeys, witnesses: witnessKeys, kept: kept)
            try await source.read(into: &verifier)
            var result = verifier.finish()
            result.isKeyGiven = !keys.isEmpty
            try tell(result, witnessKeys)
        }

        private func tell(_ result: Verification, _ witnessKeys: [WitnessKey]) throws {
            let missing = witnessKeys.filter { key in !result.cosignatures.contains { $0.witness == key } }
            let isSound = result.isSound && missing.isEmpty
            if json {
                show(json: result.json)
            } else {
                show(isSound ? "sound" : "NOT SOUND")
                for line in result.lines { show(clean(line, limit: 1000)) }
                for key in missing { show("no signature of the witness '\(clean(key.name))'") }
            }
            guard isSound else { throw ExitCode(1) }
        }

        private func source() throws -> Source {
            if let file { return Source(file: file) }
            if let database {
                let folder = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
                return Source(
                    database: try SQLiteReader(path: database), key: publicKey(folder),
                    hint: "The database's folder has no '\(DataDirectory.logKey)'.")
            }
            let configuration = try loadOrExplain(options.config)
            return Source(
                database: try openJournal(options), key: publicKey(configuration.dataDirectory),
                hint: "The data directory has no '\(DataDirectory.logKey)'.")
        }

        private func publicKey(_ folder: String) -> String? {
            guard let data = FileManager.default.contents(atPath: folder + "/" + DataDirectory.logKey) else {
                return nil
            }
            return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
        }
    }
}

/// What is checked.
private struct Source {
    var file: String?
    var database: (any ReadableDatabase)?
    /// The key that stands beside it.
    var key: String?
    var hint = ""

    var isFile: Bool { file != nil }

    init(file: String) {
        self.file = file
    }

    init(database: any ReadableDatabase, key: String?, hint: String) {
        self.database = database
        self.key = key
        self.hint = hint
    }

    func read(into verifier: inout Verifier) async throws {
        if let database { return try await read(database, into: &verifier) }
        let path = file ?? "-"
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandError("'\(path)' cannot be read") }
        defer { if path != "-" { close(descriptor) } }
        var lines = InputLines(descriptor, limit: 64 << 20)
        while let line = try lines.next() {
            switch line {
            case .text(let bytes): verifier.take(bytes)
            case .tooLong: verifier.take([])
            }
        }
    }

    private func read(_ database: any ReadableDatabase, into verifier: inout Verifier) async throws {
        let name = key.flatMap { NoteKey($0)?.name }
        guard let key, let name else {
            throw CommandError("the log's public key is not known", hint: hint + " Use --key.")
        }
        do {
            for try await line in LogReader(database).wholeEvidence(origin: name, key: key) { verifier.take(line) }
        } catch let fault as JournalFault {
            throw CommandError("the journal cannot be read: \(fault.detail)")
        }
    }
}

extension SignedCheckpoint {
    fileprivate init(kept note: String, keys: [NoteKey], path: String) throws {
        // Without a key they are compared all the same, once the file has said which key is the log's.
        guard !keys.isEmpty else {
            throw CommandError("a checkpoint that was kept takes the log's key", hint: "Use --key.")
        }
        do throws(Flaw) {
            self = try SignedCheckpoint(note: note, keys: keys)
        } catch {
            throw CommandError("'\(path)' holds a checkpoint that is not signed by the log's key")
        }
    }
}

extension Verification {
    /// What is told of it.
    fileprivate var lines: [String] {
        var lines: [String] = []
        if let first {
            let place = first.position.map { position in
                " at entry \(position)" + (first.last.map { $0 > position ? " to \($0)" : "" } ?? "")
            }
            lines.append("first: \(first.kind.rawValue)\(place ?? ""): \(first.detail)")
            if flawCount > 1 { lines.append("\(flawCount) things are wrong in all") }
        }
        lines.append(
            "\(entries) entries checked\(pruned > 0 ? ", \(pruned) pruned as the log says" : ""); "
                + "\(checkpoints) checkpoints, the newest over \(size) entries")
        lines.append("log: \(origin ?? "?")")
        if !isKeyGiven {
            lines.append(
                "the key was not given: it was taken from beside the log, which fits itself, and no more is said")
        }
        if !isWhole { lines.append("these are single entries: that none is missing is not said") }
        if !keptSizes.isEmpty {
            lines.append(
                "goes on from checkpoints that were kept over \(keptSizes.map(String.init).joined(separator: ", "))")
        }
        for one in cosignatures { lines.append("witness \(one.witness.name) signed at \(one.time)") }
        return lines
    }
}
