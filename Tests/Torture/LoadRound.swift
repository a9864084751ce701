import Foundation

/// A process that records many calls at once and is killed, some times one after the other on one journal.
struct LoadRound {
    var promises = false

    func run(_ databases: Databases?, times: Int, until end: Date) async throws -> Tally {
        let folder = FileManager.default.temporaryDirectory.appending(path: "torture-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let url = try databases?.take()
        defer { if let url { databases?.giveBack(url) } }
        let load = Load(place: Place(folder: folder, url: url), promises: promises)
        var tally = Tally()
        for _ in 0..<times {
            guard Date() < end else {
                tally.missed += 1
                continue
            }
            let (said, wasKilled) = try kill(folder, url)
            tally.acknowledged += said.count
            var wrong = try await load.check(said)
            if said.isEmpty { wrong.append("stuck: nothing was recorded before the kill") }
            tally.add((wasKilled: wasKilled, wrong: wrong))
        }
        return tally
    }

    /// - Returns: the whole lines that it said before it was killed, and whether it was.
    private func kill(_ folder: String, _ url: String?) throws -> (said: [Substring], wasKilled: Bool) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["record", folder] + (url.map { ["--url", $0] } ?? []) + (promises ? ["--promises"] : [])
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = pipe.fileHandleForReading.availableData
        let identifier = process.processIdentifier
        // Not reaped before this returns, so that the number is still its own.
        usleep(UInt32.random(in: 0...80_000))
        _ = Glibc.kill(identifier, SIGKILL)
        said += pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self)
        // What was cut in the middle was not said.
        let whole = text.hasSuffix("\n") ? text[...] : text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]
        let wasKilled = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
        return (whole.split(separator: "\n"), wasKilled)
    }
}
