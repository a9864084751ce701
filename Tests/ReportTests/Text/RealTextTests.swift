import JSON
import TestSupport
import Testing

@testable import Report

/// Published poisoned descriptions, and thousands of real ones.
@Suite(.enabled(if: SharedData.isThere))
struct RealTextTests {
    private static let labels = ["aws_iam", "azure_rbac", "google_gcp", "mcp", "msgraph", "rest_vendors"]

    private static func rows(_ path: String) throws -> [JSONObject] {
        try SharedData.bytes(path).split(separator: UInt8(ascii: "\n")).compactMap { line in
            try JSONParser.parse(Array(line), options: JSONParser.Options(maxBytes: 1 << 24, allowsNull: true)).object
        }
    }

    private static func flaws(in text: String) -> Set<TextFlaw.Kind> {
        Set(findTextFlaws(in: text, longest: 65_536).map(\.kind))
    }

    @Test(arguments: labels)
    func `no real description steers a model`(_ name: String) throws {
        for row in try Self.rows("labels/dev/\(name).jsonl") {
            guard let text = row["description"]?.string else { continue }
            // Two descriptions of one vendor have a zero-width space behind a dash.
            let flaws = findTextFlaws(in: text, longest: 65_536).filter {
                !($0.kind == .invisibleCharacters && $0.evidence.contains("—<U+200B>")
                    || $0.evidence.contains("-<U+200B>"))
            }
            #expect(flaws == [], "\(row["id"]?.string ?? "")")
        }
    }

    @Test func `what is published as poisoned is found, and what goes with it as benign is not`() throws {
        var found: [String: (count: Int, of: Int)] = [:]
        for row in try Self.rows("attacks/injection/cases.jsonl") {
            guard let text = row["text"]?.string, let label = row["label"]?.string, let source = row["source"]?.string,
                let type = row["attack_type"]?.string
            else { continue }
            let flaws = Self.flaws(in: text)
            if label == "benign" || label == "malicious_code_benign_text" || label == "vulnerable_server_tool" {
                #expect(flaws == [], "\(row["id"]?.string ?? "")")
                continue
            }
            let old = found["\(source) \(type)"] ?? (0, 0)
            found["\(source) \(type)"] = (old.count + (flaws.isEmpty ? 0 : 1), old.of + 1)
        }
        // Those whose text steers a model or hides something; most others name a crime or ask for one in plain words.
        for type in [
            "dvmcp tool_poisoning", "dvmcp multi_vector", "invariant-mcp-injection tool_poisoning",
            "invariant-mcp-injection shadowing", "cisco-behavioral prompt-injection",
            "promptfoo-redteam ascii-smuggling",
            "promptfoo-redteam system-prompt-override", "AgentDojo baseline_attacks",
        ] {
            let (count, of) = try #require(found[type])
            #expect(of > 0 && count == of, "\(type): \(count) of \(of)")
        }
    }
}
