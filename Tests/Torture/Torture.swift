import ArgumentParser
import Foundation
import Synchronization

/// Kills the gate at every step of the way of an approved call, lets it go on, and counts what is wrong then.
@main struct Torture: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Kill -9 at every step of an approved call: no effect without its approval, none twice, none lost.",
        subcommands: [Run.self, Tell.self, Record.self], defaultSubcommand: Run.self)

    /// One process's part.
    struct Tell: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell the story in a folder.", shouldDisplay: false)

        @Argument var folder: String
        @Option var point: Point?
        @Option var earlier: Point?
        @Flag var forgetsAdmissions = false
        @Option var url: String?

        func run() async throws {
            let wrong = try await Story(
                place: Place(folder: folder, url: url), point: point, forgetsAdmissions: forgetsAdmissions,
                earlier: earlier
            ).tell()
            for line in wrong { print(line) }
        }
    }

    /// Many calls at once, until it is killed.
    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Record calls until killed.", shouldDisplay: false)

        @Argument var folder: String
        @Option var url: String?
        @Flag var promises = false

        func run() async throws {
            try await Load(place: Place(folder: folder, url: url), promises: promises).run()
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Kill and count.")

        @Option(help: "How often at each point.")
        var rounds = 20
        @Option(help: "Stop after so many minutes, whatever is done.")
        var minutes = 10
        @Option(help: "How often under load, beside that.")
        var loads = 20
        @Option(help: "A PostgreSQL server's URL, whose database is called sallyport; SQLite without one.")
        var postgresql: String?

        func run() async throws {
            let began = Date()
            let end = began.addingTimeInterval(Double(minutes) * 60)
            let databases = postgresql.map { Databases($0) }
            defer { databases?.drop() }
            // The control: a gate that forgets what it admitted does things twice, and that is seen.
            let control = try Round(point: .afterEffect, forgetsAdmissions: true).run(databases)
            guard control.wrong.contains(where: { $0.hasPrefix("doubled") }) else {
                print("error: the control was not seen to double: \(control.wrong)")
                throw ExitCode.failure
            }
            print("control: a gate that forgets its admissions was seen to double")
            // The other: a gate whose journal is gone has lost a yes.
            let gone = try Round(point: .afterApproval, forgetsAdmissions: false, losesJournal: true).run(databases)
            guard gone.wrong.contains(where: { $0.hasPrefix("lost") }) else {
                print("error: the control was not seen to lose: \(gone.wrong)")
                throw ExitCode.failure
            }
            print("control: a gate without its journal was seen to lose")
            var total = Tally()
            for point in Point.allCases {
                let tally = tally(point, databases, until: end)
                total.add(tally)
                if tally.killed == 0 { total.failures.append("no process was killed \(point.rawValue)") }
                let name = point.rawValue.padding(toLength: 34, withPad: " ", startingAt: 0)
                print("\(name)  \(tally.line)")
            }
            let loaded = try await loadRounds(databases, until: end)
            total.add(loaded)
            print(
                "\("under load, 64 calls at once".padding(toLength: 34, withPad: " ", startingAt: 0))  \(loaded.line), of \(loaded.acknowledged) entries acknowledged"
            )
            print(
                "\(Point.allCases.count) points x \(rounds) rounds, \(loads) under load, \(Int(Date().timeIntervalSince(began))) s: \(total.line)"
            )
            if total.killed > 0, total.isClean {
                let bound = 300 / Double(total.killed)
                print(
                    String(format: "with 95 %% confidence fewer than %.3f %% of such kills lose or double (3/n)", bound)
                )
            }
            print("\(total.killed - total.wrongRounds) passed, \(total.wrongRounds) failed, \(total.missed) skipped")
            if !total.isClean || total.killed == 0 { throw ExitCode.failure }
        }

        /// Kills what records many calls at once, again and again on one journal.
        private func loadRounds(_ databases: Databases?, until end: Date) async throws -> Tally {
            var tally = Tally()
            // The control: what is only promised is lost, and that is seen.
            var isSeen = false
            for _ in 0..<40 where !isSeen {
                let control = try await LoadRound(promises: true).run(databases, times: 1, until: end)
                isSeen = control.lost > 0
            }
            guard isSeen else {
                tally.failures.append("the control was not seen to lose what was only promised")
                return tally
            }
            print("control: a journal that only promises was seen to lose")
            tally.add(try await LoadRound().run(databases, times: loads, until: end))
            for line in Set(tally.failures).sorted().prefix(5) { print("    \(line)") }
            return tally
        }

        private func tally(_ point: Point, _ databases: Databases?, until end: Date) -> Tally {
            let tally = Mutex(Tally())
            DispatchQueue.concurrentPerform(iterations: rounds) { _ in
                guard Date() < end else { return tally.withLock { $0.missed += 1 } }
                do {
                    let result = try Round(point: point, forgetsAdmissions: false).run(databases)
                    tally.withLock { $0.add(result) }
                } catch {
                    tally.withLock { $0.failures.append("\(error)") }
                }
            }
            var result = tally.withLock { $0 }
            if point != .anyMoment, result.notKilled > 0 {
                result.failures.append("\(result.notKilled) processes were not killed \(point.rawValue)")
            }
            for line in Set(result.failures).sorted().prefix(5) { print("    \(line)") }
            return result
        }
    }
}

extension Point: ExpressibleByArgument {}

/// One folder: a process that is killed, and one that goes on.
struct Round {
    let point: Point
    let forgetsAdmissions: Bool
    /// Whether the journal is gone when the second process begins.
    var losesJournal = false

    func run(_ databases: Databases?) throws -> (wasKilled: Bool, wrong: [String]) {
        guard let databases else { return try run(url: nil) }
        return try databases.use { try run(url: $0) }
    }

    private func run(url: String?) throws -> (wasKilled: Bool, wrong: [String]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "torture-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let more = forgetsAdmissions ? ["--forgets-admissions"] : []
        let place = url.map { ["--url", $0] } ?? []
        let (first, _) = try start([folder, "--point", point.rawValue] + more + place)
        if losesJournal, let url {
            try Databases(url).empty(url)
        } else if losesJournal {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("journal") {
                try FileManager.default.removeItem(atPath: folder + "/" + name)
            }
        }
        let (second, said) = try start([folder, "--earlier", point.rawValue] + place)
        var wrong = said.split(separator: "\n").map(String.init)
        if second != .ended { wrong.append("stuck: the gate did not go on after the kill") }
        return (first == .killed, wrong)
    }

    private enum End { case killed, ended, failed }

    private func start(_ arguments: [String]) throws -> (End, String) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["tell"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL { return (.killed, said) }
        return (process.terminationStatus == 0 ? .ended : .failed, said)
    }
}

struct Tally {
    var killed = 0
    /// Rounds that were over before the kill came.
    var notKilled = 0
    /// Rounds for which no time was left.
    var missed = 0
    var wrongRounds = 0
    var doubled = 0
    var lost = 0
    var unapproved = 0
    /// Entries that were said to be recorded before a kill under load.
    var acknowledged = 0
    var failures: [String] = []

    mutating func add(_ result: (wasKilled: Bool, wrong: [String])) {
        if result.wasKilled { killed += 1 } else { notKilled += 1 }
        if !result.wrong.isEmpty { wrongRounds += 1 }
        for line in result.wrong {
            if line.hasPrefix("doubled") {
                doubled += 1
            } else if line.hasPrefix("lost") {
                lost += 1
            } else if line.hasPrefix("unapproved") {
                unapproved += 1
            }
        }
        failures += result.wrong
    }

    mutating func add(_ other: Tally) {
        killed += other.killed
        notKilled += other.notKilled
        missed += other.missed
        wrongRounds += other.wrongRounds
        doubled += other.doubled
        lost += other.lost
        unapproved += other.unapproved
        acknowledged += other.acknowledged
        failures += other.failures
    }

    var isClean: Bool { failures.isEmpty }

    var line: String {
        "\(killed) kills, lost \(lost), doubled \(doubled), unapproved \(unapproved)\(notKilled > 0 ? ", \(notKilled) over before" : "")\(missed > 0 ? ", \(missed) rounds not run" : "")"
    }
}
