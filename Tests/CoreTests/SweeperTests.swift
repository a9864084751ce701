import Core
import Crypto
import JSON
import TestSupport
import Testing

@Suite struct SweeperTests {
    private static let key = SymmetricKey(data: [UInt8](repeating: 3, count: 32))

    private static func sweeper(_ values: [String] = []) -> Sweeper {
        var known = KnownSecrets(key: key)
        for value in values { known.marks(of: Array(value.utf8)).forEach { known.insert($0) } }
        let all = known
        return Sweeper(known: { all }) { Digest(keyed: key, of: $0) }
    }

    @Test(arguments: 0..<60)
    func `what the vault holds is found wherever it stands`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/+=\"\\é ")
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "x" })
        }
        let values = (0..<5).map { _ in text(Int.random(in: 8...40, using: &random)) }
        let sweeper = Self.sweeper(values)
        let hit = values.randomElement(using: &random) ?? ""
        let value: JSONValue = [
            "a": .string(text(30) + hit + text(5)), "b": [["c": .string(hit)]], "n": 12_345_678, "plain": "nothing",
        ]
        let swept = try #require(sweeper.sweep(json: value.bytes))
        let result = try JSONParser.parse(swept)
        let first = result["a"]?.string ?? hit
        #expect(!first.contains(hit), "\(hit)")
        #expect(result["plain"] == "nothing" && result["n"] == 12_345_678)
        // The same value leaves the same mark, and another one another.
        let mark = sweeper.placeholder(Array(hit.utf8))
        #expect(result["b"]?.array?.first?["c"]?.string == mark)
        #expect(sweeper.placeholder(Array((hit + "x").utf8)) != mark)
    }

    @Test func `numbers and names that are secrets are taken out, and what is left is JSON`() throws {
        let sweeper = Self.sweeper(["1234567890", "super-secret-name"])
        let swept = try #require(sweeper.sweep(json: Array(#"{"super-secret-name":1234567890,"x":[1]}"#.utf8)))
        let object = try #require(JSONParser.parse(swept).object)
        #expect(object.first?.key.hasPrefix("[redacted:") == true)
        #expect(object.first?.value.string?.hasPrefix("[redacted:") == true)
        #expect(object["x"] == [1])
    }

    @Test func `a format stays what it is, whatever is a secret`() throws {
        let sweeper = Self.sweeper(["settled!", "outcome1", "free text"])
        let text = #"[{"event":"settled!","outcome1":1,"cause":{"outcome1":"free text"},"user":"free text"}]"#
        let swept = try #require(sweeper.sweep(json: Array(text.utf8), only: ["cause": .values]))
        let event = try #require(JSONParser.parse(swept).array?.first)
        #expect(event["event"] == "settled!" && event["outcome1"] == 1 && event["user"] == "free text")
        #expect(event["cause"]?["outcome1"]?.string?.hasPrefix("[redacted:") == true)
    }

    @Test func `signed tokens of every form are taken out whole`() {
        let sweeper = Self.sweeper()
        let part = String(repeating: "abcDEF123_-", count: 300)
        for token in [
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImFkbWluIjp0cnVlfQ.",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
            "eyJhbGciOiJkaXIifQ..aXZpdml2aXZpdml2.Y2lwaGVydGV4dA.dGFndGFndGFndGFn",
            "eyJ\(part).\(part).\(part)",
        ] {
            #expect(!sweeper.sweep("x \(token) y").contains(token.prefix(24)), "\(token.prefix(80))")
            #expect(sweeper.sweep("x \(token) y").hasSuffix(" y"))
        }
        #expect(!sweeper.sweep("redis://:hunter2hunter2@h/0").contains("hunter2"))
    }

    @Test func `clean text is left as it is`() {
        let sweeper = Self.sweeper(["correct horse battery"])
        for text in [
            #"{"at":1764500000000000,"event":"opened","user":"alice@example.com","id":"01KBA7Z3V9Q2X4","n":1.5}"#,
            #"{"digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","url":"https://a.example/x?y=1"}"#,
            #"{"next_page_token":"CAEQAhgDIhAKDmFiY2RlZmdoaWprbG1u"}"#,
        ] {
            #expect(sweeper.sweep(json: Array(text.utf8)) == nil, "\(text)")
            #expect(sweeper.sweep(text) == text)
        }
    }

    /// Cases that nobody here wrote, from public scanners of secrets. Most of what loses something without need is a made-up example.
    @Test(.enabled(if: SharedData.isThere)) func `most texts with a secret lose it, and few without lose anything`()
        throws
    {
        let sweeper = Self.sweeper()
        let lines = String(decoding: try SharedData.bytes("vectors/secrets/cases.jsonl"), as: UTF8.self)
        var (secrets, found, clean, wrong) = (0, 0, 0, 0)
        for line in lines.split(separator: "\n") {
            let vector = try JSONParser.parse(Array(line.utf8))
            guard let text = vector["text"]?.string else { continue }
            let swept = sweeper.sweep(text)
            if vector["expect_secret"] == true {
                secrets += 1
                let isGone = vector["secret"]?.string.map { !swept.contains($0) } ?? (swept != text)
                if isGone { found += 1 }
            } else {
                clean += 1
                if swept != text { wrong += 1 }
            }
        }
        #expect(secrets > 500 && clean > 250)
        #expect(Double(found) / Double(secrets) >= 0.8)
        #expect(Double(wrong) / Double(clean) <= 0.25)
    }

    @Test func `short values are not looked for`() {
        #expect(KnownSecrets(key: Self.key).marks(of: Array("1234567".utf8)).isEmpty)
    }
}
