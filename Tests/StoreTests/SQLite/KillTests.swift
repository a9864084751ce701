import Core
import Engine
import Foundation
import Store
import Testing

/// Kills a process that appends and looks at what it leaves.
///
/// This shows that what was acknowledged had left the process. It cannot show that it had reached the disk: the pages
/// that a killed process has written survive in the system's cache, so `synchronous = OFF` would pass here as well.
/// Only a cut of the power, or a copy of the device, tells these apart.
@Suite(.serialized) struct KillTests {
    @Test(arguments: 0..<10)
    func `what was acknowledged outlives a kill`(_ run: Int) async throws {
        let (missing, acknowledged) = try await killAndReopen(durability: .now)
        #expect(missing == 0, "of \(acknowledged) acknowledged")
        #expect(acknowledged > 0)
    }

    /// The control: additions that are merely promised are lost, and the test sees it.
    @Test func `what was only promised need not outlive a kill`() async throws {
        var missing = 0
        for _ in 0..<10 where missing == 0 { missing += try await killAndReopen(durability: .withNext).missing }
        #expect(missing > 0)
    }

    /// - Returns: how many of the calls that the process had been told of are not there.
    private func killAndReopen(durability: Durability) async throws -> (missing: Int, acknowledged: Int) {
        let directory = try TemporaryDirectory()
        let path = directory.database
        let isPromised = durability == .withNext
        let killAfter = Int.random(in: 5...60)
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            [path = path as String, isPromised = isPromised as Bool, killAfter = killAfter as Int] in
            try await appendUntilKilled(path, isPromised ? .withNext : .now, killAfter: killAfter)
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let acknowledged = output.split(separator: "\n").compactMap { CallID(String($0)) }

        let database = try SQLiteDatabase(path: path)
        _ = try await SQLJournal.open(database)
        let (calls, positions) = try await database.read { connection in
            (
                try connection.query("SELECT call FROM entries WHERE previous = 0").compactMap(\.first?.text),
                try connection.query("SELECT position FROM entries ORDER BY position").compactMap(\.first?.int)
            )
        }
        #expect(positions == Array(1..<(positions.count + 1)))
        let missing = Set(acknowledged.map(\.text)).subtracting(calls).count
        try await database.close()
        withExtendedLifetime(directory) {}
        return (missing, acknowledged.count)
    }
}

/// Appends from several tasks, prints the id of every call that was acknowledged, and is killed some milliseconds
/// after the first.
private func appendUntilKilled(_ path: String, _ durability: Durability, killAfter milliseconds: Int) async throws {
    let database = try SQLiteDatabase(path: path)
    let journal = try await SQLJournal.open(database)
    let sample = Sample()
    let first = try sample.admitted()
    guard try await journal.append(first) else { return }
    print(acknowledged: first.call.id)
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { kill(getpid(), SIGKILL) }
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
            group.addTask {
                // Bounded, should the kill not come.
                for _ in 0..<20_000 {
                    guard let addition = try? sample.admitted(durability: durability),
                        let isThere = try? await journal.append(addition), isThere
                    else { continue }
                    print(acknowledged: addition.call.id)
                }
            }
        }
    }
}

/// One write for one line, so that no buffer stands between the answer and its reader.
private func print(acknowledged id: CallID) {
    let line = Array((id.text + "\n").utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}
