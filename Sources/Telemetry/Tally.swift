import Core
import Policy
import Risk

/// Counts over the courses of calls since the process began.
package struct Tally: Sendable {
    /// What one course adds, worked out before anybody is kept waiting for the counts.
    package struct Entry: Sendable {
        fileprivate let key: Key
        fileprivate let code: Refusal.Code?
        fileprivate let microseconds: Int64
        fileprivate let stages: [(stage: Course.Stage, microseconds: Int64)]

        package init(_ course: Course) {
            key = Key(
                source: course.target?.source ?? "", bucket: course.target?.bucket, effect: course.effect,
                outcome: course.outcome)
            code = course.code
            microseconds = course.microseconds
            stages = course.stages
        }
    }

    fileprivate struct Key: Hashable {
        let source: String
        let bucket: Bucket?
        let effect: Effect?
        let outcome: Course.End
    }

    /// Sources come and go with configurations; more than these are counted as one.
    private static let mostKeys = 4096
    private static let other = "(other)"

    private var calls: [Key: Int] = [:]
    private var refusals: [Refusal.Code: Int] = [:]
    private var whole = Histogram()
    private var stages = [Histogram](repeating: Histogram(), count: Course.Stage.allCases.count)

    package init() {}

    package mutating func add(_ entry: Entry) {
        var key = entry.key
        if calls[key] == nil, calls.count >= Self.mostKeys {
            key = Key(source: Self.other, bucket: key.bucket, effect: key.effect, outcome: key.outcome)
        }
        calls[key, default: 0] &+= 1
        if let code = entry.code { refusals[code, default: 0] &+= 1 }
        whole.add(microseconds: entry.microseconds)
        for (stage, microseconds) in entry.stages { stages[stage.index].add(microseconds: microseconds) }
    }

    /// The counts as Prometheus takes them.
    package var families: [MetricFamily] {
        var counted = MetricFamily(
            "sallyport_calls_total", .counter,
            "Requests for tools: by source and bucket of the tool, what policy said, and what came of it.")
        let sorted = calls.map { (key: $0.key, count: $0.value) }.sorted { Self.words($0.key) < Self.words($1.key) }
        for (key, count) in sorted {
            let words = Self.words(key).split(separator: "\u{0}", omittingEmptySubsequences: false).map(String.init)
            counted.add(
                .count(count),
                ["source": words[0], "bucket": words[1], "effect": words[2], "outcome": words[3]])
        }
        var refused = MetricFamily(
            "sallyport_refusals_total", .counter, "What agents were refused, by the code that they got.")
        for code in Refusal.Code.allCases {
            refused.add(.count(refusals[code] ?? 0), ["code": code.rawValue])
        }
        var staged = MetricFamily(
            "sallyport_call_stage_duration_seconds", .histogram, "Time that calls took in each stage.")
        for stage in Course.Stage.allCases {
            staged.add(.histogram(stages[stage.index]), ["stage": stage.rawValue])
        }
        let timed = MetricFamily(
            "sallyport_call_duration_seconds", .histogram, "Time from a request for a tool to its reply.",
            .histogram(whole))
        return [counted, refused, timed, staged]
    }

    private static func words(_ key: Key) -> String {
        [key.source, key.bucket?.rawValue ?? "", key.effect?.rawValue ?? "", key.outcome.rawValue]
            .joined(separator: "\u{0}")
    }
}

extension Course.Stage {
    fileprivate var index: Int {
        switch self {
        case .decide: 0
        case .prepare: 1
        case .approve: 2
        case .admit: 3
        case .dispatch: 4
        case .settle: 5
        }
    }
}
