import Risk
import TestSupport
import Testing

/// What must hold for every operation, over seeds that are printed with a failure.
@Suite struct RiskLaws {
    private static let seeds = 0..<UInt64(1000)
    private static let verbs = [
        "get", "list", "search", "create", "update", "delete", "purge", "send", "run", "grant", "check", "export",
        "rotate", "publish", "pay", "frobnicate", "test", "set", "order",
    ]
    private static let nouns = [
        "user", "order", "items", "report", "role", "secret", "payment", "message", "deleted", "status", "policy",
        "all", "batch", "token", "release",
    ]

    private func name(_ random: inout SplitMix64) -> [String] {
        var words = [Self.verbs.randomElement(using: &random) ?? "get"]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            words.append(Self.nouns.randomElement(using: &random) ?? "user")
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            words += ["and", Self.verbs.randomElement(using: &random) ?? "get"]
        }
        return words
    }

    private func subject(_ random: inout SplitMix64) -> RiskSubject {
        let words = name(&random)
        let methods: [String?] = [nil, "GET", "POST", "PUT", "PATCH", "DELETE", "BREW"]
        var subject = RiskSubject(
            name: words.joined(separator: "_"), method: methods.randomElement(using: &random) ?? nil)
        if Bool.random(using: &random) { subject.path = "/" + words.reversed().joined(separator: "/") }
        if Bool.random(using: &random) {
            subject.description =
                "This \(words.joined(separator: " ")). It also \(name(&random).joined(separator: " "))."
        }
        if Bool.random(using: &random) { subject.fields = ["amount", "password", "filter"] }
        return subject
    }

    private func noise(_ random: inout SplitMix64) -> String {
        let count = Int.random(in: 0...200, using: &random)
        if Bool.random(using: &random) {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            return String(decoding: bytes, as: UTF8.self)
        }
        var text = ""
        for _ in 0..<count {
            text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) ?? "/")
        }
        return text
    }

    @Test func `a claim never lowers the level`() {
        let claims: [Bool?] = [nil, true, false]
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            var subject = subject(&random)
            let before = classify(subject)
            subject.annotations = .init(
                readOnly: claims.randomElement(using: &random) ?? nil,
                destructive: claims.randomElement(using: &random) ?? nil,
                idempotent: claims.randomElement(using: &random) ?? nil,
                openWorld: claims.randomElement(using: &random) ?? nil)
            let after = classify(subject)
            #expect(after.level >= before.level, "seed \(seed)")
            #expect(before.suggestedBucket != .never || after.suggestedBucket == .never, "seed \(seed)")
            #expect(before.suggestedBucket == .read || after.suggestedBucket != .read, "seed \(seed)")
            if subject.annotations.destructive == true { #expect(after.level == .critical, "seed \(seed)") }
            if subject.annotations.readOnly == false { #expect(after.level > .readOnly, "seed \(seed)") }
        }
    }

    @Test func `any text at all gets an answer`() {
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            let subject = RiskSubject(
                name: noise(&random), title: noise(&random), service: noise(&random), method: noise(&random),
                path: noise(&random), description: noise(&random), tags: [noise(&random)],
                fields: [.init(noise(&random), type: noise(&random), format: noise(&random))],
                answerFields: [.init(noise(&random))], securityScopes: [noise(&random)])
            let risk = classify(subject)
            #expect(risk.level != .readOnly || risk.effect == .none, "seed \(seed)")
        }
    }

    @Test func `the same operation gets the same answer, reasons and all`() {
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            let subject = subject(&random)
            let risk = classify(subject)
            for _ in 0..<3 { #expect(classify(subject) == risk, "seed \(seed)") }
        }
    }

    @Test func `however a name is spelled, its level is one`() {
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            let words = name(&random)
            let capital = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            let spellings = [
                words.joined(separator: "_"), words.joined(separator: "-"), capital.joined(),
                words[0] + capital.dropFirst().joined(), words.joined(separator: "_").uppercased(),
            ]
            let risks = spellings.map { classify(RiskSubject(name: $0)) }
            #expect(Set(risks.map(\.level)).count == 1, "seed \(seed): \(zip(spellings, risks.map(\.level)))")
            #expect(Set(risks.map(\.categories)).count == 1, "seed \(seed): \(spellings)")
        }
    }

    @Test func `a method that changes never makes a read`() {
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            var subject = subject(&random)
            for method in ["PUT", "PATCH", "DELETE", "put"] {
                subject.method = method
                #expect(classify(subject).level != .readOnly, "seed \(seed)")
            }
        }
    }

    @Test func `evidence is short and shows nothing raw`() {
        let long = String(repeating: "deleteEverythingAndMore\u{202E}\u{1B}[31m ", count: 4000)
        for seed in Self.seeds.prefix(100) {
            var random = SplitMix64(seed: seed)
            var subject = subject(&random)
            subject.title = long
            subject.description = "Delete \(noise(&random)) \(long)"
            subject.fields = [.init("password\u{202E}\(long)"), .init(long, format: "password")]
            let risk = classify(subject)
            #expect(risk.reasons.count <= 24, "seed \(seed)")
            for reason in risk.reasons + risk.contradictions.map({ Risk.Reason(.level, $0.text) }) {
                #expect(reason.text.utf8.count <= 400, "seed \(seed): \(reason.text)")
                #expect(
                    reason.text.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E
                    },
                    "seed \(seed): \(reason.text)")
            }
        }
    }

    @Test func `every category, effect, bucket and confidence has its reason`() {
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            let risk = classify(subject(&random))
            let aspects = Set(risk.reasons.map(\.aspect))
            #expect(aspects.isSuperset(of: [.level, .effect, .bucket, .confidence]), "seed \(seed)")
            for category in risk.categories { #expect(aspects.contains(.category(category)), "seed \(seed)") }
        }
    }
}
