import Testing

@testable import Core

@Suite struct TokenShapeTests {
    // Put together here, so that no scanner takes this file for a leak.
    private static let tokens: [(String, String)] = [
        ("AKIA" + "IOSFODNN7EXAMPLE", "an AWS access key id"),
        ("ghp" + "_" + String(repeating: "aB3", count: 12), "a GitHub token"),
        ("github" + "_pat_" + String(repeating: "a_1", count: 10), "a GitHub token"),
        ("xoxb" + "-1234567890-" + "abcdefghijkl", "a Slack token"),
        ("sk" + "_live_" + "4eC39HqLyjWDarjtT1zd", "a secret key"),
        ("AIza" + String(repeating: "Sy-_1", count: 7), "a Google key"),
        ("ASIA" + "IOSFODNN7EXAMPLE", "an AWS access key id"),
        ("gho" + "_" + String(repeating: "aB3", count: 12), "a GitHub token"),
        ("glpat" + "-" + String(repeating: "a", count: 20), "a GitLab token"),
        ("xoxp" + "-1234567890-abcdefghij", "a Slack token"),
        ("rk" + "_live_" + "4eC39HqLyjWDarjtT1zd", "a secret key"),
        ("sk" + "-" + String(repeating: "aB3-", count: 10), "a secret key"),
        ("ya29" + "." + String(repeating: "a", count: 24), "a Google token"),
        ("SG" + "." + String(repeating: "a", count: 44), "a SendGrid key"),
        ("npm" + "_" + String(repeating: "a", count: 36), "an npm token"),
        ("pypi" + "-AgEI" + String(repeating: "a", count: 44), "a PyPI token"),
        ("eyJ" + "hbGciOiJIUzI1NiJ9." + String(repeating: "eyJzdWIi", count: 6) + ".c2lnbmF0dXJl", "a signed token"),
        ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("://admin:" + "s3cr3t-pass", "a password in an address"),
    ]

    @Test(arguments: tokens) func `a published form is found wherever it stands`(_ token: String, _ name: String) {
        for (before, after) in [
            ("", ""), (#"a\n"#, "\n"), (#"\t"#, " "), ("key=", "\n"), ("\"", "\""), ("x ", "@host/"),
        ] {
            guard !token.hasPrefix("://") || after.hasPrefix("@") else { continue }
            let text = Array((before + token + after).utf8)
            #expect(findTokenShapes(in: text.span).map(\.name) == [name], "\(before)…\(after)")
        }
    }

    @Test(arguments: [
        "", "AKIA", "AKIA1234", "ghp_short", "task_live_4eC39HqLyjWDarjtT1zd", "-----BEGIN CERTIFICATE-----",
        "https://example.test/a:b@c", "https://user@example.test/", "https://user:pw@example.test",
        "eyJhbGciOiJIUzI1NiJ9",
        "https://{user}:{password}@example.test", "sk-learn", "desk_live_4eC39HqLyjWDarjtT1zd", "time 12:30:00 a@b",
    ])
    func `what only begins like one is none`(_ text: String) {
        #expect(findTokenShapes(in: Array(text.utf8).span).isEmpty)
    }

    @Test func `a token that does not end is no longer than what is looked at`() {
        for piece in ["eyJ-", "github_pat_"] {
            let text = Array(String(repeating: piece, count: 2_000).utf8)
            for shape in findTokenShapes(in: text.span) { #expect(shape.range.count <= 2_048) }
        }
    }

    @Test func `any bytes are read to their end`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let alphabet = Array("AKIA-----BEGIN PRIVATE KEY://a:b@eyJ.ghp_sk_live_xoxb-0".utf8)
            let bytes = (0..<Int.random(in: 0...80)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            for shape in findTokenShapes(in: bytes.span) { #expect(shape.range.upperBound <= bytes.count) }
        }
    }
}
