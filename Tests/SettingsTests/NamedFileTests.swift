import Documents
import Foundation
import Settings
import Synchronization
import Testing

@Suite struct NamedFileTests {
    private static let configuration = Folder.configuration
        .with(
            "issuers:\n  - local: true",
            "tls: { certificate: c.pem, key: /k.pem }\nissuers:\n  - local: true\n"
                + "  - { issuer: a, jwks: keys/a.json, tenants: [x] }\n  - { issuer: b, jwks: \"https://b.example/j\", tenants: [y] }"
        )
        .with("url: https://shop.example", "url: https://shop.example\n    trust-roots: roots.pem")

    @Test func `every file that is named is judged once, by its path`() throws {
        let folder = try Folder(Self.configuration)
        let asked = Mutex<[NamedFile]>([])
        let loaded = load(folder.path + "/sallyport.yaml") { file in
            asked.withLock { $0.append(file) }
            return nil
        }
        #expect(loaded.configuration != nil)
        let certificate = folder.path + "/c.pem"
        #expect(
            Set(asked.withLock { $0 }) == [
                .certificate(certificate), .key("/k.pem", certificate: certificate),
                .trustRoots(folder.path + "/roots.pem"), .keySet(folder.path + "/keys/a.json"),
            ])
        #expect(asked.withLock { $0.count } == 4)
    }

    @Test func `a flaw is an error where the file is named`() throws {
        let folder = try Folder(Self.configuration)
        let loaded = load(folder.path + "/sallyport.yaml") { "is bad at \($0.path.split(separator: "/").last ?? "")" }
        #expect(loaded.configuration == nil)
        let texts = loaded.diagnostics.filter { $0.severity == .error }.map {
            $0.description.replacingOccurrences(of: folder.path + "/", with: "")
        }
        let hint = "\n    hint: Paths are relative to the configuration file."
        #expect(
            texts == [
                "sallyport.yaml:4: error: 'c.pem' is bad at c.pem" + hint,
                "sallyport.yaml:4: error: '/k.pem' is bad at k.pem" + hint,
                "sallyport.yaml:7: error: 'keys/a.json' is bad at a.json" + hint,
                "sallyport.yaml:15: error: 'roots.pem' is bad at roots.pem" + hint,
            ])
        #expect(Set(loaded.diagnostics.filter { $0.severity == .error }.map(\.code)) == ["unusable-file"])
    }
}
