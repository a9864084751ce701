import ArgumentParser
import Documents
import Foundation
import JSON
import Settings
import Testing

@testable import Commands

private let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(
    where: FileManager.default.isExecutableFile)

/// Files that a configuration names, made in a folder of their own.
@Suite(.enabled(if: openssl != nil), .timeLimit(.minutes(1))) struct FileFlawTests {
    private static let keySet = """
        {"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
        """

    /// The body gets the folder, with a sound key set, two certificates and their keys.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "flaw-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["own", "other"] {
            let process = Process()
            process.executableURL = URL(filePath: try #require(openssl))
            process.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)", "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
            ]
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
        }
        try write(Self.keySet, to: folder + "/keys.json")
        try write("nothing of the kind\n", to: folder + "/text")
        try await body(folder)
    }

    private func write(_ text: String, to path: String, mode: Int = 0o600) throws {
        try Office.write(text, to: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func `sound files have no flaw`() async throws {
        try await withFolder { folder in
            #expect(fileFlaw(.certificate(folder + "/own.pem")) == nil)
            #expect(fileFlaw(.key(folder + "/own.key", certificate: folder + "/own.pem")) == nil)
            #expect(fileFlaw(.trustRoots(folder + "/other.pem")) == nil)
            #expect(fileFlaw(.keySet(folder + "/keys.json")) == nil)
        }
    }

    @Test func `each flaw is said`() async throws {
        try await withFolder { folder in
            try write("{\"keys\":[]}", to: folder + "/empty.json")
            try write("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}", to: folder + "/symmetric.json")
            try write(Self.keySet, to: folder + "/open.json", mode: 0o666)
            try write(String(repeating: " ", count: 300 << 10), to: folder + "/large.json")
            let own = folder + "/own.pem"
            let flaws: [(NamedFile, String)] = [
                (.certificate(folder + "/none.pem"), "is not there"),
                (.certificate(folder + "/text"), "holds no certificate in PEM form"),
                (.certificate(folder + "/own.key"), "holds no certificate in PEM form"),
                (.certificate(folder), "holds no certificate in PEM form"),
                (.trustRoots(folder + "/none.pem"), "is not there"),
                (.trustRoots(folder + "/keys.json"), "holds no certificate in PEM form"),
                (.key(folder + "/none.key", certificate: own), "is not there"),
                (.key(folder + "/text", certificate: own), "holds no private key in PEM form"),
                (.key(own, certificate: own), "holds no private key in PEM form"),
                (.key(folder + "/other.key", certificate: own), "is not the key of the certificate"),
                (.keySet(folder + "/none.json"), "is not there"),
                (.keySet(folder), "is no file"),
                (.keySet(folder + "/text"), "cannot be used: not a JSON Web Key Set"),
                (.keySet(folder + "/empty.json"), "cannot be used: no key of the set can verify signatures"),
                (.keySet(folder + "/symmetric.json"), "cannot be used: no key of the set can verify signatures"),
                (.keySet(folder + "/open.json"), "can be written by others, who could put their own keys in"),
                (.keySet(folder + "/large.json"), "is larger than 262144 bytes"),
            ]
            for (file, flaw) in flaws { #expect(fileFlaw(file) == flaw, "\(file)") }
            // What is wrong with the certificate is said of the certificate alone.
            #expect(fileFlaw(.key(folder + "/own.key", certificate: folder + "/text")) == nil)
        }
    }

    @Test func `a server does not start with a file that cannot be used, other commands do`() async throws {
        try await withFolder { folder in
            let file = folder + "/sallyport.yaml"
            try Office.write(Office.document, to: folder + "/shop.yaml")
            func write(key: String) throws {
                let tls = "tls: { certificate: own.pem, key: \(key) }\n"
                try Office.write(tls + Office.configuration, to: file)
            }
            try write(key: "other.key")
            let loaded = load(file, flaw: fileFlaw)
            #expect(
                loaded.diagnostics.filter { $0.severity == .error }.map(\.description) == [
                    "\(file):1: error: 'other.key' is not the key of the certificate\n"
                        + "    hint: Paths are relative to the configuration file."
                ])
            await #expect(throws: CommandError.self) { try await ServeCommand.parse(["--config", file]).run() }
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"))
            #expect(try loadOrExplain(file).tls != nil)
            try write(key: "own.key")
            #expect(load(file, flaw: fileFlaw).configuration != nil)
        }
    }
}
