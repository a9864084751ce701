import Core
import Engine
import JSON
import Policy
import Risk
import Synchronization
import Telemetry
import Testing

@Suite struct CourseTests {
    private final class Heard: Sendable {
        let all = Mutex<[Course]>([])
    }

    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func world(_ heard: Heard) -> World {
        World(
            trace: { received in
                Trace(received: received, sampler: Sampler(share: 1), words: Self.words())
            },
            onReply: { course in heard.all.withLock { $0.append(course) } })
    }

    /// Two numbers each time, from 10 on but for the first: `9, 10`, `11, 12`, …
    private static func words() -> () -> (UInt64, UInt64) {
        var next: UInt64 = 7
        return {
            next += 2
            return (next, next + 1)
        }
    }

    @Test func `a call that was made tells its stages in order`() async throws {
        let heard = Heard()
        _ = try await world(heard).call("get_deal", ["id": "d1"])
        let course = try #require(heard.all.withLock { $0 }.first)
        #expect(course.outcome == .result && course.effect == .allow && course.code == nil)
        #expect(course.target == Course.Target(tool: "get_deal", source: "acme", bucket: .read))
        #expect(course.ends.map(\.stage) == Course.Stage.allCases)
    }

    @Test func `what was refused, denied or waits is told as such, once each`() async throws {
        let heard = Heard()
        let world = world(heard)
        _ = try await world.call("nothing", [:])
        _ = try await world.call("purge", [:])
        _ = try await world.call("get_deal", ["id": 1])
        _ = try await world.call("refund", ["amount": 5], as: World.principal(roles: ["intern"]))
        _ = try await world.call("refund", ["amount": 500])
        let courses = heard.all.withLock { $0 }
        #expect(courses.map(\.outcome) == [.refused, .refused, .refused, .refused, .pending])
        #expect(courses.map(\.code) == [.unknownTool, .unknownTool, .invalidArguments, .unknownTool, nil])
        // A name that is none for whoever asks is nowhere.
        #expect(courses.map { $0.target?.tool } == [nil, nil, "get_deal", nil, "refund"])
    }

    @Test func `the source gets the span of the hop as parent`() async throws {
        let heard = Heard()
        let world = world(heard)
        _ = await world.gate.serve(
            ToolRequest(name: "get_deal", arguments: ["id": "d1"], trace: Self.parent), as: World.principal(),
            in: try world.snapshot)
        #expect(world.backend.traces == ["00-4bf92f3577b34da6a3ce929d0e0e4736-000000000000000b-01"])
        let trace = try #require(heard.all.withLock { $0 }.first?.trace)
        #expect(trace.parent == 0x00f0_67aa_0ba9_02b7 && trace.own.span == 0xA)
    }

    @Test func `without spans the trace goes on with a parent of ours, and what is no trace does not`() async throws {
        let world = World()
        for trace in [Self.parent, "nonsense", nil] {
            _ = await world.gate.serve(
                ToolRequest(name: "get_deal", arguments: ["id": "d1"], trace: trace), as: World.principal(),
                in: try world.snapshot)
        }
        #expect(world.backend.traces == ["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000009-01", nil, nil])
    }
}
